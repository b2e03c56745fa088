// Finished bytes under keys of our own making ("jobs/{id}/{attempt}/audio.mp3"). A key is written once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "base/file.h"
#include "base/time.h"

namespace soundbite {

// Bytes being made. Vanishes when dropped without being put; survives no crash.
struct Scratch {
  File file;  // open for reading and writing, seekable, without O_APPEND
};

struct Blob {
  File file;  // open for reading, position unspecified: use pread
  std::uint64_t bytes = 0;
};

struct BlobPage {
  std::vector<std::string> keys;  // ascending
  std::string next;               // pass as `after` for more; empty at the end
};

// Thread-safe; coroutines resume on the caller's executor. All may answer unavailable, timeout, storage_full.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual awaitable<Result<Scratch>> scratch(Deadline deadline) = 0;

  // Makes the scratch durable and visible under `key`; only then returns. Errors: conflict when the key exists.
  virtual awaitable<Result<void>> put(std::string key, Scratch scratch, Deadline deadline) = 0;

  // Errors: not_found.
  virtual awaitable<Result<Blob>> open(std::string key, Deadline deadline) = 0;

  // Done also when there is none.
  virtual awaitable<Result<void>> remove(std::string key, Deadline deadline) = 0;

  // Keys after `after` (empty: from the start), put at least `min_age` ago.
  virtual awaitable<Result<BlobPage>> list(std::string after, std::size_t limit, Milliseconds min_age,
                                           Deadline deadline) = 0;

  // False when free space is below the reserve: workers pause, submit answers storage_full.
  virtual bool has_room() const = 0;
};

}  // namespace soundbite
