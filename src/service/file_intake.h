// One file on its way in: hashed and written to a scratch while it arrives, on a pool.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/async.h"
#include "base/digest.h"
#include "port/blob_store.h"
#include "service/first_bytes.h"
#include "service/upload_instruments.h"
#include "service/write_behind.h"

namespace soundbite {

// A file that has arrived.
struct ReceivedFile {
  Scratch scratch;
  std::uint64_t bytes = 0;
  Container container{};
  std::string sha256;  // 64 hex digits
};

// For one coroutine. Dropped before finish(), it leaves nothing behind.
class FileIntake {
 public:
  // What is given outlives it, and the pool also the batch under way.
  FileIntake(const asio::any_io_executor& executor, asio::thread_pool& pool, UploadInstruments& instruments,
             Scratch scratch, std::uint64_t max_bytes);
  FileIntake(const FileIntake&) = delete;
  FileIntake& operator=(const FileIntake&) = delete;
  ~FileIntake();

  // Where the next bytes belong, and that so many of them are there, by turns: as WriteBehind's. Errors:
  // invalid (file_too_large; unsupported_media, once enough came to tell); storage_full, unavailable.
  std::span<std::byte> room() { return writing_.room(); }
  awaitable<Result<void>> took(std::size_t bytes);
  // The same for bytes that lie elsewhere.
  awaitable<Result<void>> write(std::span<const std::byte> bytes);
  // Errors: invalid (empty_file, unsupported_media); storage_full, unavailable.
  awaitable<Result<ReceivedFile>> finish();

  // For the count alone: what became of it. Until told, it was dropped.
  void ended(UploadInstruments::Outcome outcome) { outcome_ = outcome; }

 private:
  struct Target;
  Result<void> check(std::span<const std::byte> bytes);
  template <class T>
  Result<T> refused(Result<T> result);

  UploadInstruments& instruments_;
  std::shared_ptr<Target> target_;
  WriteBehind writing_;
  FirstBytes first_;
  std::uint64_t max_bytes_;
  std::uint64_t bytes_ = 0;
  UploadInstruments::Outcome outcome_ = UploadInstruments::Outcome::dropped;
};

}  // namespace soundbite
