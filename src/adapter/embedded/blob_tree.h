// Keys as paths beneath one folder, and never outside of it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/embedded/durable_folders.h"
#include "base/error.h"
#include "base/file.h"
#include "base/time.h"

namespace soundbite::embedded {

// "jobs/0198c5b2-…/1/audio.mp3" lies at jobs/0198c5b/0198c5b2-…/1/audio.mp3: the first letters of the second part,
// which for an id are the quarter of an hour it was made in, keep the folders small and their order that of the keys.
// No symbolic link is followed. Thread-safe. Calls block.
class BlobTree {
 public:
  // Two or more parts of [a-z0-9._-], none of them "." or "..", 512 bytes at most. Errors: invalid.
  static Result<void> check_key(std::string_view key);

  BlobTree() = default;
  explicit BlobTree(File root) : root_(std::move(root)) {}

  // Gives the open file `fd` the name `key`. On return its bytes, the name and its folders are durable; after an error
  // there is no such name. Done also when `key` is that very file. Errors: conflict when it is another one.
  Result<void> link(int fd, const std::string& key) const;
  // For reading. Errors: not_found.
  Result<File> open(const std::string& key) const;
  // Also removes the folders that become empty. Done when there is none.
  Result<void> remove(const std::string& key) const;
  // Ascending, after `after`, linked before `linked_before`; at most `limit`.
  Result<std::vector<std::string>> list(const std::string& after, std::size_t limit, Time linked_before) const;

 private:
  // `opened` before `folders` were, `named` when the name was in them.
  Result<void> sync_folders(const std::vector<File>& folders, const std::string& fan_out, DurableFolders::Moment opened,
                            DurableFolders::Moment named) const;
  Result<void> sync_shared_folders(const std::vector<File>& folders, bool known) const;

  File root_;
  std::unique_ptr<DurableFolders> durable_ = std::make_unique<DurableFolders>();  // fan-out folders
};

}  // namespace soundbite::embedded
