// What the workers count.
#pragma once

#include <string>
#include <string_view>

#include "base/metrics.h"

namespace soundbite {

// Thread-safe.
struct WorkerMetrics {
  explicit WorkerMetrics(prometheus::Registry& registry)
      : attempts_family(counter_family(registry, "soundbite_attempts_total", "Attempts at jobs by how they ended.")),
        queued(histogram_family(registry, "soundbite_job_queued_seconds", "From the request to the start of the work.")
                   .Add({}, latency_buckets())),
        processing(histogram_family(registry, "soundbite_job_processing_seconds",
                                    "From the start of the last attempt to its end.")
                       .Add({}, latency_buckets())),
        first_audio(histogram_family(registry, "soundbite_job_first_audio_seconds",
                                     "From the start of an attempt to its first samples.")
                        .Add({}, latency_buckets())) {}

  // "ready", "failed", "retried", "given_back", "lost", "cancelled"
  prometheus::Counter& attempts(std::string_view result) {
    return attempts_family.Add({{"result", std::string(result)}});
  }

  CounterFamily& attempts_family;
  prometheus::Histogram& queued;
  prometheus::Histogram& processing;
  prometheus::Histogram& first_audio;
};

}  // namespace soundbite
