// What the API means by files: receive, look, list, delete, read, and slots for presigned uploads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "port/file_store.h"
#include "service/file_intake.h"
#include "service/upload_slot.h"

namespace soundbite {

struct FilesOptions {
  std::string environment = "development";
  Milliseconds file_life = std::chrono::days(30);
  std::uint64_t max_bytes = 100'000'000;
  SigningKey signing_key{};  // of slots
  Milliseconds slot_life = std::chrono::hours(1);
  std::size_t max_arriving = 256;  // at once: each holds up to a megabyte
};

// What the client says of its file.
struct FileClaims {
  std::string name;    // as sent
  std::string sha256;  // 64 lower-case hex digits, and then it must be so; empty when nothing was said
};

struct FileContent {
  StoredFile file;
  Blob blob;
};

// For one io thread. Every call may also answer what the ports answer (unavailable, timeout, storage_full, …).
class Files {
 public:
  // `pool` takes the blocking writes; it and the rest outlive this object.
  Files(FileStore& files, BlobStore& blobs, asio::thread_pool& pool, const Clock& clock, Random& random,
        prometheus::Registry& registry, FilesOptions options);

  const FilesOptions& options() const { return options_; }
  UploadInstruments& instruments() { return instruments_; }

  // A file begins to arrive. Errors: storage_full; unavailable when too many arrive.
  awaitable<Result<std::unique_ptr<FileIntake>>> receive(Deadline deadline);

  // All of it has arrived: checks the claims, makes it durable. Errors: invalid (empty_file, unsupported_media,
  // digest_mismatch).
  awaitable<Result<StoredFile>> keep(FileIntake& intake, FileClaims claims, Owner owner, Deadline deadline);

  // Errors: not_found.
  awaitable<Result<StoredFile>> get(FileId id, Owner owner, Deadline deadline);
  awaitable<Result<FilePage>> list(FileQuery query, Deadline deadline);
  // Errors: not_found; conflict (file_in_use).
  awaitable<Result<void>> remove(FileId id, Owner owner, Deadline deadline);
  // Errors: not_found.
  awaitable<Result<FileContent>> content(FileId id, Owner owner, Deadline deadline);

  // Puts id and expiry in.
  UploadSlot offer(UploadSlot slot);
  std::string signature_of(const UploadSlot& slot) const { return sign(slot, options_.signing_key); }
  // Before the bytes. Errors: invalid (bad_signature, slot_expired); conflict (already_uploaded).
  awaitable<Result<void>> open_slot(const UploadSlot& slot, std::string_view signature, Deadline deadline);
  // As keep, for the file of the slot. Errors: also invalid (wrong_size); conflict (already_uploaded).
  awaitable<Result<StoredFile>> fill_slot(const UploadSlot& slot, FileIntake& intake, Deadline deadline);

 private:
  StoredFile describe(FileId id, const ReceivedFile& received, std::string_view name, Owner owner) const;
  awaitable<Result<StoredFile>> store(FileIntake& intake, StoredFile file, Scratch scratch, Deadline deadline);

  FileStore& files_;
  BlobStore& blobs_;
  asio::thread_pool& pool_;
  const Clock& clock_;
  Random& random_;
  UploadInstruments instruments_;
  FilesOptions options_;
};

}  // namespace soundbite
