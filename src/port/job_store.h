// The durable record of every job; the truth about each of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "base/time.h"
#include "job/job.h"
#include "job/job_spec.h"
#include "job/retry_policy.h"

namespace soundbite {

// Whose jobs a call may see; another owner's job is not_found. Empty without authentication.
struct Owner {
  std::string tenant_id;
  std::string user_id;
  bool operator==(const Owner&) const = default;
};

struct Submission {
  Job job;  // pending; id, times and owner assigned by the service
  JobSpec spec;
  std::optional<IdempotencyRecord> idempotency;
};

struct Submitted {
  // Set when the idempotency key was known with the same fingerprint: nothing was made, answer this.
  std::optional<StoredResponse> replay;
};

struct Claim {
  Job job;  // processing, held by the caller; or failed, when this claim found one interruption too many
  JobSpec spec;
};

struct ListQuery {
  Owner owner;
  std::optional<Status> status;
  std::optional<Time> created_after;   // exclusive
  std::optional<Time> created_before;  // exclusive
  std::size_t limit = 20;
  std::optional<JobId> before;  // the cursor: only older than this one
};

struct JobPage {
  std::vector<Job> jobs;  // newest first
  bool more = false;
};

struct SweepResult {
  std::size_t interrupted = 0;           // leases that had run out
  std::vector<std::string> orphan_keys;  // blobs of records that expired and are now gone
};

struct JobCounts {
  std::int64_t pending = 0, processing = 0, ready = 0, failed = 0, cancelled = 0;
  std::int64_t dead_lettered = 0;      // part of failed
  std::optional<Time> oldest_pending;  // created_at of the longest waiting due job
};

// Thread-safe unless a method says otherwise; coroutines resume on the caller's executor. All times UTC. Every call may
// also answer unavailable, timeout (whether it took effect is unknown), storage_full or corrupt.
class JobStore {
 public:
  virtual ~JobStore() = default;

  // Commits the job, its queue entry and its idempotency record together, durably, or nothing.
  // Errors: conflict when the idempotency key holds another request; throttled when the queue is full; not_found when a
  // file that the spec names is unknown, another's or expired (the message names it). From here on the job uses them.
  virtual awaitable<Result<Submitted>> submit(Submission submission, Deadline deadline) = 0;

  // Errors: not_found (unknown, another's, or expired by `now`).
  virtual awaitable<Result<Job>> get(JobId id, Owner owner, Deadline deadline) = 0;

  // As get, when the job's version is, or becomes, other than `seen`; at `deadline` as it is then (never a timeout
  // error).
  // Cancellable: ends at once, with operation_aborted, when its coroutine is cancelled.
  virtual awaitable<Result<Job>> wait(JobId id, Owner owner, std::int64_t seen, Deadline deadline) = 0;

  virtual awaitable<Result<JobPage>> list(ListQuery query, Deadline deadline) = 0;

  // See job/transition.h for what these five mean. Errors: not_found; conflict.
  virtual awaitable<Result<Claim>> claim(JobId id, std::string worker, Deadline deadline) = 0;
  virtual awaitable<Result<Job>> heartbeat(JobId id, std::int64_t attempt, double progress, Deadline deadline) = 0;
  virtual awaitable<Result<Job>> complete(JobId id, std::int64_t attempt, Output output, Deadline deadline) = 0;
  virtual awaitable<Result<Job>> fail_attempt(JobId id, std::int64_t attempt, Error error, Deadline deadline) = 0;
  virtual awaitable<Result<Job>> give_back(JobId id, std::int64_t attempt, Deadline deadline) = 0;

  virtual awaitable<Result<Job>> cancel(JobId id, Owner owner, Deadline deadline) = 0;
  virtual awaitable<Result<Job>> retry(JobId id, Owner owner, Deadline deadline) = 0;
  // Cancels if unsettled, then deletes. Returns the record as it was, so that the caller removes its blob. Idempotency
  // records stay.
  virtual awaitable<Result<Job>> remove(JobId id, Owner owner, Deadline deadline) = 0;

  // One bounded pass: interrupts leases that ran out, deletes records and idempotency records that expired.
  virtual awaitable<Result<SweepResult>> sweep(std::size_t limit, Deadline deadline) = 0;

  // Which of these blob keys no live record owns nor may still come to own (jobs/{id}/{attempt}/…: the job is gone, or
  // settled with other keys, or past that attempt; files/{id}/…: there is no such file).
  virtual awaitable<Result<std::vector<std::string>>> orphans_among(std::vector<std::string> keys,
                                                                    Deadline deadline) = 0;

  // Kept counters: O(1).
  virtual awaitable<Result<JobCounts>> counts(Deadline deadline) = 0;

  // Failed for good, newest first. The operator's view: of every owner; the query's owner and status do not count.
  virtual awaitable<Result<JobPage>> dead_letters(ListQuery query, Deadline deadline) = 0;
};

}  // namespace soundbite
