// The bytes of uploads under way: one file each, beneath one folder.
#pragma once

#include <vector>

#include "adapter/embedded/job_table.h"
#include "base/error.h"
#include "base/file.h"
#include "base/id.h"

namespace soundbite::embedded {

// Thread-safe for different uploads. Calls block.
class UploadFiles {
 public:
  // Makes "uploads" beneath the open folder `data_dir`.
  Result<void> open(int data_dir);

  // For reading and writing, with exactly `kept` bytes: what a writer that was killed left behind them is cut off. Made
  // when `kept` is 0 and there is none. Errors: corrupt when there are fewer.
  Result<File> open_at(UploadId id, std::uint64_t kept) const;
  // For reading and writing, empty; without a name where the file system can do that: then a crash leaves nothing.
  Result<File> make(UploadId id) const;
  // Gives such a file its name. Done when it has it.
  Result<void> name(const File& file, UploadId id) const;
  // Makes the names of files durable.
  Result<void> sync_names() const;
  // Done also when there is none.
  Result<void> remove(UploadId id) const;
  Result<std::vector<UploadId>> list() const;

 private:
  File folder_;
};

// Removes the files whose upload is gone or has become a file: a crash came between the commit and their removal.
Result<void> clear_leftovers(const UploadFiles& files, JobTable& table);

}  // namespace soundbite::embedded
