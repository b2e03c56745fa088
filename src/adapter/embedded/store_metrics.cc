#include "adapter/embedded/store_metrics.h"

#include <string>

#include "job/job.h"

namespace soundbite::embedded {

namespace {

std::array<prometheus::Gauge*, 5> gauges_by_status(GaugeFamily& family) {
  std::array<prometheus::Gauge*, 5> gauges{};
  for (std::size_t i = 0; i < gauges.size(); ++i) {
    gauges[i] = &family.Add({{"status", std::string(name_of(Status(i)))}});
  }
  return gauges;
}

const prometheus::Histogram::BucketBoundaries group_sizes = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

}  // namespace

StoreMetrics::StoreMetrics(prometheus::Registry& registry)
    : queue_depth(gauge_family(registry, "soundbite_queue_depth", "Jobs that wait to be worked on.").Add({})),
      jobs(gauges_by_status(gauge_family(registry, "soundbite_jobs", "Jobs on record, by status."))),
      dead_letters(gauge_family(registry, "soundbite_dead_letters", "Jobs that failed after all retries.").Add({})),
      files(gauge_family(registry, "soundbite_files", "Recordings on record.").Add({})),
      file_bytes(gauge_family(registry, "soundbite_file_bytes", "Bytes of the recordings on record.").Add({})),
      uploads(gauge_family(registry, "soundbite_uploads",
                           "Uploads under way, between their creation and their "
                           "becoming a file.")
                  .Add({})),
      group_size(
          histogram_family(registry, "soundbite_store_group_size", "Operations committed with one sync of the disk.")
              .Add({}, group_sizes)),
      commit_seconds(histogram_family(registry, "soundbite_store_commit_seconds", "Time of one group, sync included.")
                         .Add({}, latency_buckets())),
      commit_failures(
          counter_family(registry, "soundbite_store_commit_failures_total", "Groups that the disk refused.").Add({})),
      checkpoint_seconds(
          histogram_family(registry, "soundbite_store_checkpoint_seconds", "Time of copying the log into the database.")
              .Add({}, latency_buckets())),
      wal_bytes(gauge_family(registry, "soundbite_store_wal_bytes", "Log not yet copied into the database.").Add({})),
      disk_free_bytes(gauge_family(registry, "soundbite_disk_free_bytes", "Free space under the data folder.").Add({})),
      cache_hits(
          counter_family(registry, "soundbite_record_cache_hits_total", "Records answered from memory.").Add({})),
      cache_misses(
          counter_family(registry, "soundbite_record_cache_misses_total", "Records read from the database.").Add({})) {}

}  // namespace soundbite::embedded
