// The recordings of one process: bytes as blobs, records in SQLite.
#pragma once

#include "adapter/embedded/blob_files.h"
#include "adapter/embedded/disk_space.h"
#include "adapter/embedded/held_ids.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/writer.h"
#include "port/file_store.h"

namespace soundbite::embedded {

// What the file store is made of; all of it outlives the store.
struct FileStoreParts {
  const Clock& clock;
  Writer& writer;
  Readers& readers;
  BlobFiles& blobs;
  const DiskSpace& disk;
  HeldIds<FileId>& in_making;  // bytes without a record as yet: no orphans
};

class EmbeddedFileStore final : public FileStore {
 public:
  explicit EmbeddedFileStore(FileStoreParts parts) : parts_(parts) {}

  awaitable<Result<void>> add(StoredFile file, Scratch bytes, Deadline deadline) override;
  awaitable<Result<StoredFile>> get(FileId id, Owner owner, Deadline deadline) override;
  awaitable<Result<FilePage>> list(FileQuery query, Deadline deadline) override;
  awaitable<Result<void>> remove(FileId id, Owner owner, Deadline deadline) override;
  awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline deadline) override;

 private:
  FileStoreParts parts_;
};

}  // namespace soundbite::embedded
