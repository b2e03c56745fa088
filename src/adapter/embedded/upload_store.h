// The uploads of one process: records in SQLite, bytes in files that become blobs by a second name.
#pragma once

#include "adapter/embedded/blob_files.h"
#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/disk_threads.h"
#include "adapter/embedded/held_ids.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/upload_files.h"
#include "adapter/embedded/writer.h"
#include "port/upload_store.h"

namespace soundbite::embedded {

// What the upload store and its writers are made of; all of it outlives them.
struct UploadStoreParts {
  const Clock& clock;
  Writer& writer;
  Readers& readers;
  BlobFiles& blobs;
  DiskSpace& disk;
  DiskThreads& threads;
  const UploadFiles& files;
  HeldIds<FileId>& files_in_making;
  HeldIds<UploadId>& held;  // by a writer, or by whoever removes it
};

class EmbeddedUploadStore final : public UploadStore {
 public:
  explicit EmbeddedUploadStore(UploadStoreParts parts) : parts_(parts) {}

  awaitable<Result<void>> create(Upload upload, Deadline deadline) override;
  awaitable<Result<std::unique_ptr<UploadWriter>>> begin(Upload upload, Deadline deadline) override;
  awaitable<Result<Upload>> get(UploadId id, Owner owner, Deadline deadline) override;
  awaitable<Result<std::unique_ptr<UploadWriter>>> acquire(UploadId id, Owner owner, Deadline deadline) override;
  awaitable<Result<void>> remove(UploadId id, Owner owner, Deadline deadline) override;
  awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline deadline) override;

 private:
  awaitable<Result<void>> remove_bytes(std::vector<UploadId> ids);

  UploadStoreParts parts_;
};

}  // namespace soundbite::embedded
