// The job table as the writer sees it inside a group: rows, the kept counters, and what the group has changed so far.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/embedded/sqlite.h"
#include "base/error.h"
#include "job/job.h"
#include "port/job_store.h"

namespace soundbite::embedded {

struct Counts {
  std::array<std::int64_t, 5> by_status{};
  std::int64_t dead_lettered = 0;
  std::int64_t files = 0;
  std::int64_t file_bytes = 0;
  std::int64_t uploads = 0;  // under way

  std::int64_t of(Status status) const { return by_status[std::size_t(status)]; }
  void add(const Job& job, std::int64_t sign) {
    by_status[std::size_t(job.status)] += sign;
    if (job.dead_lettered) dead_lettered += sign;
  }
  bool operator==(const Counts&) const = default;
};

// What became of a job; `job` is null when its record is gone.
struct Change {
  JobId id;
  std::shared_ptr<const Job> job;
};
using Changes = std::vector<Change>;

std::unexpected<Error> unknown_job();

// For the writer thread, within BEGIN … COMMIT.
class JobTable {
 public:
  explicit JobTable(Connection& connection) : connection_(connection) {}

  // Errors of all: what the database answers. Records that expired by `now` are not_found.
  Result<Job> load(JobId id, Time now);
  Result<Job> load_owned(JobId id, const Owner& owner, Time now);
  Result<std::string> load_spec(JobId id);
  // `files`: those that the job uses.
  Result<void> insert(Job job, std::string_view stored_spec, std::span<const FileId> files);
  // Writes nothing when nothing changed.
  Result<Job> replace(const Job& before, Job after);
  Result<void> erase(const Job& job);

  // Null when the key is not known or expired by `now`. Errors: conflict when it holds another request.
  Result<std::optional<StoredResponse>> find_response(const IdempotencyRecord& record, Time now);
  Result<void> keep_response(const IdempotencyRecord& record);
  Result<void> expire_responses(Time now, std::size_t limit);

  Result<std::vector<JobId>> lapsed_leases(Time now, std::size_t limit);
  Result<std::vector<JobId>> expired(Time now, std::size_t limit);

  const Counts& counts() const { return counts_; }
  // For the tables beside this one (file_table.h, upload_table.h), which share the group and its counters.
  Connection& connection() { return connection_; }
  void count_file(std::int64_t bytes, std::int64_t sign) {
    counts_.files += sign;
    counts_.file_bytes += sign * bytes;
  }
  void count_upload(std::int64_t sign) { counts_.uploads += sign; }
  const Changes& changes() const { return changes_; }

  // The writer's frame around operations: the counters and changes follow the savepoints.
  struct Mark {
    Counts counts;
    std::size_t changes;
  };
  Result<void> load_counts();
  void begin_group() { changes_.clear(); }
  Mark mark() const { return {counts_, changes_.size()}; }
  void roll_back_to(const Mark& mark);
  Result<void> store_counts();

 private:
  Result<std::vector<JobId>> ids_of(Sql statement, Time now, std::size_t limit);

  Connection& connection_;
  Counts counts_;
  Counts stored_counts_;
  Changes changes_;
};

}  // namespace soundbite::embedded
