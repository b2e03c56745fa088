// Jobs, queue, blobs, files and uploads in memory, by the same pure transitions as the real adapters: for tests of the
// rooms above the ports.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "job/transition.h"
#include "port/blob_store.h"
#include "port/job_queue.h"
#include "port/job_store.h"
#include "tests/support/memory_files.h"

namespace soundbite {

// All calls on the executor's one thread.
class MemoryStore final : public JobStore, public JobQueue, public BlobStore {
 public:
  MemoryStore(asio::any_io_executor executor, const Clock& clock, Milliseconds lease = Milliseconds(30'000))
      : files(clock, blob_bytes, [this](FileId id) { return job_using(id); }),
        uploads(clock, files),
        clock_(clock),
        lease_(lease),
        changed_(std::move(executor)) {}

  // What the next calls answer instead of working, by the verb's name: {"complete", error}. One call each.
  std::multimap<std::string, Error> failures;
  bool room = true;
  std::map<JobId, std::pair<Job, JobSpec>> records;
  std::map<std::string, std::string> blob_bytes;
  std::set<JobId> handed_out;
  RetryPolicy policy;
  MemoryFiles files;
  MemoryUploads uploads;

  // Tells whoever waits that `records` was changed from outside.
  void wake() { changed_.notify(); }

  awaitable<Result<Submitted>> submit(Submission submission, Deadline) override;
  awaitable<Result<Job>> get(JobId id, Owner owner, Deadline) override;
  awaitable<Result<Job>> wait(JobId id, Owner owner, std::int64_t seen, Deadline deadline) override;
  awaitable<Result<JobPage>> list(ListQuery query, Deadline) override;
  awaitable<Result<Claim>> claim(JobId id, std::string worker, Deadline) override;
  awaitable<Result<Job>> heartbeat(JobId id, std::int64_t attempt, double progress, Deadline) override;
  awaitable<Result<Job>> complete(JobId id, std::int64_t attempt, Output output, Deadline) override;
  awaitable<Result<Job>> fail_attempt(JobId id, std::int64_t attempt, Error error, Deadline) override;
  awaitable<Result<Job>> give_back(JobId id, std::int64_t attempt, Deadline) override;
  awaitable<Result<Job>> cancel(JobId id, Owner owner, Deadline) override;
  awaitable<Result<Job>> retry(JobId id, Owner owner, Deadline) override;
  awaitable<Result<Job>> remove(JobId id, Owner owner, Deadline) override;
  awaitable<Result<SweepResult>> sweep(std::size_t limit, Deadline) override;
  awaitable<Result<std::vector<std::string>>> orphans_among(std::vector<std::string> keys, Deadline) override;
  awaitable<Result<JobCounts>> counts(Deadline) override;
  awaitable<Result<JobPage>> dead_letters(ListQuery query, Deadline) override;

  awaitable<Result<std::vector<Message>>> receive(std::size_t limit, Deadline deadline) override;
  awaitable<Result<void>> extend(Message, Milliseconds, Deadline) override { co_return Result<void>{}; }
  awaitable<Result<void>> acknowledge(Message message, Deadline) override;

  awaitable<Result<Scratch>> scratch(Deadline) override;
  awaitable<Result<void>> put(std::string key, Scratch scratch, Deadline) override;
  awaitable<Result<Blob>> open(std::string key, Deadline) override;
  awaitable<Result<void>> remove(std::string key, Deadline) override;
  awaitable<Result<BlobPage>> list(std::string after, std::size_t limit, Milliseconds, Deadline) override;
  bool has_room() const override { return room; }

 private:
  std::optional<Error> take_failure(const std::string& verb);
  Result<Job> apply(JobId id, const std::string& verb, const std::function<Result<Job>(Job)>& step);
  Job* find(JobId id, const Owner* owner);
  std::optional<JobId> job_using(FileId id) const;

  const Clock& clock_;
  Milliseconds lease_;
  Event changed_;
};

}  // namespace soundbite
