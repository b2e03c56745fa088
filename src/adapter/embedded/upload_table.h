// The records of uploads: as readers see them, and as the writer changes them inside a group.
#pragma once

#include <vector>

#include "adapter/embedded/job_table.h"
#include "adapter/embedded/sqlite.h"
#include "base/error.h"
#include "port/upload_store.h"

namespace soundbite::embedded {

// Whoever's it is, expired or not. Errors: not_found.
Result<Upload> find_upload(Connection& connection, UploadId id);
// Errors: not_found (also another's).
Result<Upload> find_owned_upload(Connection& connection, UploadId id, const Owner& owner);

// For the writer thread, within a group.
class UploadTable {
 public:
  explicit UploadTable(JobTable& group) : group_(group), connection_(group.connection()) {}

  // Errors: conflict when the id is taken.
  Result<void> insert(const Upload& upload);
  // What may change: length, offset and the file that it became.
  Result<void> replace(const Upload& before, const Upload& after);
  Result<void> erase(const Upload& upload);
  Result<std::vector<UploadId>> expired(Time now, std::size_t limit);

 private:
  JobTable& group_;
  Connection& connection_;
};

}  // namespace soundbite::embedded
