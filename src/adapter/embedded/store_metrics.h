// What the embedded store counts.
#pragma once

#include <array>

#include "base/metrics.h"

namespace soundbite::embedded {

struct StoreMetrics {
  explicit StoreMetrics(prometheus::Registry& registry);

  prometheus::Gauge& queue_depth;
  std::array<prometheus::Gauge*, 5> jobs;  // by status
  prometheus::Gauge& dead_letters;
  prometheus::Gauge& files;
  prometheus::Gauge& file_bytes;
  prometheus::Gauge& uploads;
  prometheus::Histogram& group_size;
  prometheus::Histogram& commit_seconds;
  prometheus::Counter& commit_failures;
  prometheus::Histogram& checkpoint_seconds;
  prometheus::Gauge& wal_bytes;
  prometheus::Gauge& disk_free_bytes;
  prometheus::Counter& cache_hits;
  prometheus::Counter& cache_misses;
};

}  // namespace soundbite::embedded
