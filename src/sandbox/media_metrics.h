// What the sandbox counts.
#pragma once

#include "base/metrics.h"

namespace soundbite {

// Thread-safe.
struct MediaMetrics {
  explicit MediaMetrics(prometheus::Registry& registry)
      : encode_seconds(histogram_family(registry, "soundbite_media_encode_seconds",
                                        "From the start of an encode to its complete output, by format")),
        exits(counter_family(registry, "soundbite_media_exits_total", "Media children that ended, by reason")),
        host_starts(
            counter_family(registry, "soundbite_media_host_starts_total", "Starts of soundbite-media").Add({})) {}

  HistogramFamily& encode_seconds;
  CounterFamily& exits;
  prometheus::Counter& host_starts;
};

}  // namespace soundbite
