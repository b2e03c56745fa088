// The recordings that clients have given us.
#pragma once

#include <optional>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "job/stored_file.h"
#include "port/blob_store.h"
#include "port/job_store.h"

namespace soundbite {

struct FileQuery {
  Owner owner;
  std::size_t limit = 20;
  std::optional<FileId> before;  // the cursor: only older than this one
};

struct FilePage {
  std::vector<StoredFile> files;  // newest first
  bool more = false;
};

// Thread-safe; coroutines resume on the caller's executor. Every call may also answer unavailable, timeout,
// storage_full or corrupt. Another owner's file is not_found, and so is one that expired, unless a pending or
// processing job still uses it.
class FileStore {
 public:
  virtual ~FileStore() = default;

  // Makes the bytes durable, then the record: whoever sees the record finds the bytes. Errors: conflict when the id is
  // taken (a slot used twice).
  virtual awaitable<Result<void>> add(StoredFile file, Scratch bytes, Deadline deadline) = 0;

  // Errors: not_found.
  virtual awaitable<Result<StoredFile>> get(FileId id, Owner owner, Deadline deadline) = 0;

  virtual awaitable<Result<FilePage>> list(FileQuery query, Deadline deadline) = 0;

  // Errors: not_found; conflict while a pending or processing job uses it.
  virtual awaitable<Result<void>> remove(FileId id, Owner owner, Deadline deadline) = 0;

  // One bounded pass: removes files that expired and that no pending or processing job uses. Returns how many. Bytes
  // without a record are for JobStore::orphans_among.
  virtual awaitable<Result<std::size_t>> sweep(std::size_t limit, Deadline deadline) = 0;
};

}  // namespace soundbite
