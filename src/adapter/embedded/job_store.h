// The job store of one process: SQLite behind one writer, records in motion in memory.
#pragma once

#include <mutex>
#include <span>

#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/embedded_store.h"
#include "adapter/embedded/handed_out.h"
#include "adapter/embedded/held_ids.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/record_cache.h"
#include "adapter/embedded/store_metrics.h"
#include "adapter/embedded/wakeups.h"
#include "adapter/embedded/writer.h"
#include "port/job_store.h"

namespace soundbite::embedded {

// What the job store is made of; all of it outlives the store.
struct JobStoreParts {
  const EmbeddedOptions& options;
  const Clock& clock;
  Random& random;
  Writer& writer;
  Readers& readers;
  RecordCache& cache;
  Wakeups& wakeups;
  HandedOut& handed_out;
  DiskSpace& disk;
  StoreMetrics& metrics;
  const HeldIds<FileId>& files_in_making;
};

class EmbeddedJobStore final : public JobStore {
 public:
  explicit EmbeddedJobStore(JobStoreParts parts) : parts_(parts) {}

  awaitable<Result<Submitted>> submit(Submission submission, Deadline deadline) override;
  awaitable<Result<Job>> get(JobId id, Owner owner, Deadline deadline) override;
  awaitable<Result<Job>> wait(JobId id, Owner owner, std::int64_t seen, Deadline deadline) override;
  awaitable<Result<JobPage>> list(ListQuery query, Deadline deadline) override;
  awaitable<Result<Claim>> claim(JobId id, std::string worker, Deadline deadline) override;
  awaitable<Result<Job>> heartbeat(JobId id, std::int64_t attempt, double progress, Deadline deadline) override;
  awaitable<Result<Job>> complete(JobId id, std::int64_t attempt, Output output, Deadline deadline) override;
  awaitable<Result<Job>> fail_attempt(JobId id, std::int64_t attempt, Error error, Deadline deadline) override;
  awaitable<Result<Job>> give_back(JobId id, std::int64_t attempt, Deadline deadline) override;
  awaitable<Result<Job>> cancel(JobId id, Owner owner, Deadline deadline) override;
  awaitable<Result<Job>> retry(JobId id, Owner owner, Deadline deadline) override;
  awaitable<Result<Job>> remove(JobId id, Owner owner, Deadline deadline) override;
  awaitable<Result<SweepResult>> sweep(std::size_t limit, Deadline deadline) override;
  awaitable<Result<std::vector<std::string>>> orphans_among(std::vector<std::string> keys, Deadline deadline) override;
  awaitable<Result<JobCounts>> counts(Deadline deadline) override;
  awaitable<Result<JobPage>> dead_letters(ListQuery query, Deadline deadline) override;

  // On the writer's thread, after each commit.
  void committed(const Changes& changes, const Counts& counts);

 private:
  // Loads the job, applies the pure `step` (Result<Job>(Job, Time)), writes what it answers.
  template <class Step>
  awaitable<Result<Job>> change(JobId id, std::optional<Owner> owner, Deadline deadline, Step step);
  // Errors: not_found.
  Result<void> check_files(JobTable& table, const Submission& submission, std::span<const FileId> files) const;
  Result<Submitted> submit_within(JobTable& table, const Submission& submission, const std::string& stored_spec,
                                  std::span<const FileId> files) const;

  JobStoreParts parts_;
  std::mutex counts_mutex_;
  Counts counts_;
};

// Puts every job that a dead owner held back, in a group of its own: whoever holds the lock on the folder knows that
// there is no other owner. Answers how many.
Result<std::size_t> interrupt_all(JobTable& table, Time now, const RetryPolicy& policy);

}  // namespace soundbite::embedded
