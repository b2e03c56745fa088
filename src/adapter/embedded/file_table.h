// The records of recordings: as readers see them, and as the writer changes them inside a group.
#pragma once

#include <optional>
#include <vector>

#include "adapter/embedded/job_table.h"
#include "adapter/embedded/sqlite.h"
#include "base/error.h"
#include "job/stored_file.h"
#include "port/file_store.h"

namespace soundbite::embedded {

// Whoever's it is, expired or not. Errors: not_found.
Result<StoredFile> find_file(Connection& connection, FileId id);
// As a client sees it. Errors: not_found (also another's; also one that expired by `now`, unless a job still needs it).
Result<StoredFile> find_owned_file(Connection& connection, FileId id, const Owner& owner, Time now);
Result<FilePage> list_files(Connection& connection, const FileQuery& query, Time now);
// A pending or processing job that uses the file.
Result<std::optional<JobId>> job_using(Connection& connection, FileId id);

bool may_see(const Owner& owner, const StoredFile& file);

// For the writer thread, within a group.
class FileTable {
 public:
  explicit FileTable(JobTable& group) : group_(group), connection_(group.connection()) {}

  // Errors: conflict when the id is taken.
  Result<void> insert(const StoredFile& file);
  Result<void> erase(const StoredFile& file);
  // By `now`, and used by no pending or processing job.
  Result<std::vector<StoredFile>> expired(Time now, std::size_t limit);

 private:
  JobTable& group_;
  Connection& connection_;
};

}  // namespace soundbite::embedded
