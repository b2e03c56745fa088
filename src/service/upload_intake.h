// The bytes of one request on their way into an upload that lasts over several.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/async.h"
#include "base/digest.h"
#include "port/upload_store.h"
#include "service/first_bytes.h"
#include "service/upload_instruments.h"
#include "service/write_behind.h"

namespace soundbite {

struct UploadTerms {
  std::uint64_t max_bytes = 0;                   // of the whole upload
  std::optional<std::uint64_t> new_length = {};  // when this request tells it first
  std::optional<DigestAlgorithm> checksum = {};  // of this request's bytes: then they count all or not at all
};

// For one coroutine. Dropped, the bytes that came since the last keep may be lost.
class UploadIntake {
 public:
  // `so_far`: the SHA-256 of the bytes before the writer's offset; none when it is not known any more.
  UploadIntake(const asio::any_io_executor& executor, asio::thread_pool& pool, UploadInstruments& instruments,
               std::unique_ptr<UploadWriter> writer, std::optional<Digest> so_far, UploadTerms terms);
  UploadIntake(const UploadIntake&) = delete;
  UploadIntake& operator=(const UploadIntake&) = delete;
  ~UploadIntake();

  const Upload& upload() const;
  bool recorded() const;  // as UploadWriter's
  std::uint64_t offset() const { return offset_; }
  std::optional<std::uint64_t> length() const { return length_; }
  bool whole() const { return length_ == offset_; }

  // Where the next bytes belong, and that so many of them are there, by turns: as WriteBehind's. Errors:
  // invalid (file_too_large: beyond the length or the limit; unsupported_media); storage_full, unavailable.
  std::span<std::byte> room() { return writing_.room(); }
  awaitable<Result<void>> took(std::size_t bytes);

  // `checksum` as the terms asked for. Errors: conflict (checksum_mismatch): all bytes of this request are taken back.
  awaitable<Result<void>> settle(std::optional<std::string_view> checksum, Deadline deadline);

  // Makes what came durable; takes it back when a checksum was promised and cannot be checked any more.
  awaitable<Result<void>> keep(Deadline deadline);
  awaitable<Result<void>> take_back(Deadline deadline);

  // After settle(), when whole: what it is. Errors: invalid (unsupported_media).
  awaitable<Result<Container>> judge();
  // Makes all bytes durable as those of that file; the SHA-256 of them. Then it can become one.
  awaitable<Result<std::string>> place(FileId file, Deadline deadline);
  awaitable<Result<void>> become(StoredFile file, Deadline deadline);

  // The SHA-256 so far, for the next request; none when it must be computed anew.
  std::optional<Digest> hand_over_digest();

  // As FileIntake::ended.
  void ended(UploadInstruments::Outcome outcome) { outcome_ = outcome; }

 private:
  struct Target;
  awaitable<Result<std::string>> sha256();

  UploadInstruments& instruments_;
  asio::thread_pool& pool_;
  std::shared_ptr<Target> target_;
  WriteBehind writing_;
  FirstBytes first_;
  UploadTerms terms_;
  std::uint64_t start_;
  std::uint64_t offset_;
  std::optional<std::uint64_t> length_;
  UploadInstruments::Outcome outcome_ = UploadInstruments::Outcome::dropped;
};

}  // namespace soundbite
