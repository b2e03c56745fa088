// What the API means by uploads: files that arrive over several requests, whatever happens between them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "port/blob_store.h"
#include "port/upload_store.h"
#include "service/upload_intake.h"

namespace soundbite {

struct UploadsOptions {
  std::string environment = "development";
  Milliseconds upload_life = std::chrono::hours(24);
  Milliseconds file_life = std::chrono::days(30);
  std::uint64_t max_bytes = 100'000'000;
  std::size_t max_arriving = 256;  // at once: each holds up to a megabyte
};

struct NewUpload {
  std::optional<std::uint64_t> length;  // none: told later
  std::string metadata;                 // to be echoed
  std::string name;                     // as sent
};

// For one io thread. Every call may also answer what the ports answer (unavailable, timeout, storage_full, …). An
// upload that expired is not_found with the code upload_expired.
class Uploads {
 public:
  // `pool` takes the blocking work; it and the rest outlive this object. `instruments`: those of Files.
  Uploads(UploadStore& uploads, BlobStore& blobs, asio::thread_pool& pool, const Clock& clock, Random& random,
          UploadInstruments& instruments, UploadsOptions options);

  const UploadsOptions& options() const { return options_; }

  // Errors: invalid (file_too_large); storage_full.
  awaitable<Result<Upload>> create(NewUpload made, Owner owner, Deadline deadline);

  // The same with its first bytes: unless finish() succeeds, nothing of it stays, since its client knows it from the
  // answer. Errors besides: unavailable when too many arrive.
  awaitable<Result<std::unique_ptr<UploadIntake>>> begin(NewUpload made, Owner owner, UploadTerms terms,
                                                         Deadline deadline);

  // Errors: not_found.
  awaitable<Result<Upload>> get(UploadId id, Owner owner, Deadline deadline);

  // Bytes come for `offset`. Errors: not_found; conflict (upload_locked; offset_mismatch); unavailable when too many
  // arrive; storage_full.
  awaitable<Result<std::unique_ptr<UploadIntake>>> receive(UploadId id, Owner owner, std::uint64_t offset,
                                                           UploadTerms terms, Deadline deadline);

  // The request came to its end. When the upload is whole it becomes a file. Errors: conflict (checksum_mismatch);
  // invalid (unsupported_media: the upload is then gone).
  awaitable<Result<Upload>> finish(std::unique_ptr<UploadIntake> intake, std::optional<std::string_view> checksum,
                                   Deadline deadline);

  // The request broke off: what came stays.
  awaitable<void> break_off(std::unique_ptr<UploadIntake> intake, Deadline deadline);
  // What came is refused, as `why`: the upload is removed when no more bytes can mend it, else it is as before.
  awaitable<void> refuse(std::unique_ptr<UploadIntake> intake, const Error& why, Deadline deadline);

  // Errors: not_found; conflict (upload_locked).
  awaitable<Result<void>> remove(UploadId id, Owner owner, Deadline deadline);

 private:
  struct Remembered {
    UploadId id;
    std::uint64_t offset;
    Digest digest;
  };
  Result<void> check_room() const;
  Result<void> check_arriving() const;
  Result<Upload> new_upload(NewUpload made, Owner owner);
  Error expired_or_unknown(const Upload& upload) const;
  std::optional<Digest> recall(UploadId id, std::uint64_t offset);
  void remember(UploadIntake& intake);
  awaitable<Result<Upload>> become_file(UploadIntake& intake, Deadline deadline);

  UploadStore& uploads_;
  BlobStore& blobs_;
  asio::thread_pool& pool_;
  const Clock& clock_;
  Random& random_;
  UploadInstruments& instruments_;
  UploadsOptions options_;
  std::deque<Remembered> remembered_;  // digests between two requests, the oldest first
};

}  // namespace soundbite
