// What the sandbox counts.
#pragma once

#include "base/metrics.h"

namespace soundbite {

// Thread-safe.
struct MediaMetrics {
  explicit MediaMetrics(prometheus::Registry& registry)
      : encode_seconds(histogram_family(registry, "soundbite_media_encode_seconds",
                                        "From the start of an encode to its complete output, by format")),
        process_seconds(histogram_family(registry, "soundbite_media_process_seconds",
                                         "From the start of the work on a recording to its complete output")
                            .Add({}, latency_buckets())),
        exits(counter_family(registry, "soundbite_media_exits_total", "Media children that ended, by reason")),
        host_starts(counter_family(registry, "soundbite_media_host_starts_total", "Starts of soundbite-media").Add({})),
        sandbox_level(gauge_family(registry, "soundbite_sandbox_level",
                                   "What holds media children: 0 none, 1 partial, 2 strict; −1 before it is known")
                          .Add({})) {
    sandbox_level.Set(-1);
  }

  HistogramFamily& encode_seconds;
  prometheus::Histogram& process_seconds;
  CounterFamily& exits;
  prometheus::Counter& host_starts;
  prometheus::Gauge& sandbox_level;
};

}  // namespace soundbite
