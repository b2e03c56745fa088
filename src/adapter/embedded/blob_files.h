// The blob store of one process: files beneath one folder.
#pragma once

#include <atomic>

#include "adapter/embedded/blob_tree.h"
#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/disk_threads.h"
#include "base/async.h"
#include "base/time.h"
#include "port/blob_store.h"

namespace soundbite::embedded {

class BlobFiles final : public BlobStore {
 public:
  BlobFiles(const DiskSpace& disk, const Clock& clock, DiskThreads& threads)
      : disk_(disk), clock_(clock), threads_(threads) {}

  // Makes the folders beneath the open folder `data_dir`, and empties the one for files in the making.
  Result<void> open(int data_dir);
  // Gives a file of the same disk the name `key`, also a second one, as BlobTree::link does. Blocks.
  Result<void> link(const File& file, const std::string& key) const { return tree_.link(file.fd(), key); }

  awaitable<Result<Scratch>> scratch(Deadline deadline) override;
  awaitable<Result<void>> put(std::string key, Scratch scratch, Deadline deadline) override;
  awaitable<Result<Blob>> open(std::string key, Deadline deadline) override;
  awaitable<Result<void>> remove(std::string key, Deadline deadline) override;
  awaitable<Result<BlobPage>> list(std::string after, std::size_t limit, Milliseconds min_age,
                                   Deadline deadline) override;
  bool has_room() const override { return disk_.has_room(); }

 private:
  Result<void> make_durable(const std::string& key, const File& file);
  Result<void> link_a_copy(const File& file, const std::string& key);

  const DiskSpace& disk_;
  const Clock& clock_;
  DiskThreads& threads_;
  BlobTree tree_;
  File scratch_folder_;
  bool has_unnamed_files_ = false;  // O_TMPFILE
  std::atomic<std::uint64_t> named_ = 0;
};

}  // namespace soundbite::embedded
