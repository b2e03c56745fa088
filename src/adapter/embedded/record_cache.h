// Recent records in memory, so that a status read of a job in motion costs neither a thread hop nor the database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapter/embedded/job_table.h"
#include "base/id.h"
#include "job/job.h"

namespace soundbite::embedded {

// Bounded by bytes; the least recently used go first. Never older than the last commit: the writer puts what it
// committed before anyone is answered, and a reader's finding counts only when no commit overtook it. Thread-safe.
class RecordCache {
 public:
  explicit RecordCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Null when it is not here.
  std::shared_ptr<const Job> find(JobId id);

  // What a group committed.
  void apply(const Changes& changes);

  // A read of `id` from the database begins; store() ends it.
  class Loading {
   public:
    Loading(RecordCache& cache, JobId id);
    Loading(const Loading&) = delete;
    Loading& operator=(const Loading&) = delete;
    ~Loading();
    // Keeps what was read, unless a commit changed the job meanwhile.
    void store(std::shared_ptr<const Job> job);

   private:
    RecordCache& cache_;
    JobId id_;
  };

  std::size_t bytes() const;

 private:
  struct Entry {
    JobId id;
    std::shared_ptr<const Job> job;
    std::size_t bytes;
  };
  struct Load {
    int readers = 0;
    bool overtaken = false;
  };
  using Entries = std::list<Entry>;

  // All with mutex_ held.
  void put(JobId id, std::shared_ptr<const Job> job);
  void drop(JobId id);

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;
  Entries entries_;  // most recently used first
  std::unordered_map<JobId, Entries::iterator> by_id_;
  std::unordered_map<JobId, Load> loads_;
  std::size_t bytes_ = 0;
};

}  // namespace soundbite::embedded
