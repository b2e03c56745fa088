#include "service/files.h"

#include <algorithm>

#include "service/file_name.h"

namespace soundbite {

namespace {

FieldError digest_mismatch(std::string pointer, const std::string& found) {
  return {std::move(pointer),
          "digest_mismatch",
          "the bytes that arrived have the SHA-256 " + found + ": send the file again, or the digest that it has",
          {}};
}

Error not_what_was_said(std::vector<FieldError> errors) {
  return {ErrorCode::invalid, "the bytes are not what was said of them", std::move(errors)};
}

std::unexpected<Error> already_uploaded() {
  return std::unexpected(
      Error{ErrorCode::conflict,
            "this address has been used",
            {{"", "already_uploaded", "each presigned address takes one file: ask for another", {}}}});
}

}  // namespace

Files::Files(FileStore& files, BlobStore& blobs, asio::thread_pool& pool, const Clock& clock, Random& random,
             prometheus::Registry& registry, FilesOptions options)
    : files_(files),
      blobs_(blobs),
      pool_(pool),
      clock_(clock),
      random_(random),
      instruments_(registry),
      options_(std::move(options)) {}

awaitable<Result<std::unique_ptr<FileIntake>>> Files::receive(Deadline deadline) {
  if (instruments_.arriving() >= options_.max_arriving) {
    co_return fail(ErrorCode::unavailable, "too many files are arriving now");
  }
  if (!blobs_.has_room()) {
    co_return fail(ErrorCode::storage_full, "there is no room for new files; delete some or make room");
  }
  auto scratch = co_await blobs_.scratch(deadline);
  if (!scratch) co_return std::unexpected(scratch.error());
  co_return std::make_unique<FileIntake>(co_await asio::this_coro::executor, pool_, instruments_, std::move(*scratch),
                                         options_.max_bytes);
}

awaitable<Result<StoredFile>> Files::keep(FileIntake& intake, FileClaims claims, Owner owner, Deadline deadline) {
  auto received = co_await intake.finish();
  if (!received) co_return std::unexpected(received.error());
  if (!claims.sha256.empty() && claims.sha256 != received->sha256) {
    intake.ended(UploadInstruments::Outcome::refused);
    co_return std::unexpected(not_what_was_said({digest_mismatch("/sha256", received->sha256)}));
  }
  const FileId id = FileId::make(clock_.now(), random_);
  StoredFile file = describe(id, *received, claims.name, std::move(owner));
  co_return co_await store(intake, std::move(file), std::move(received->scratch), deadline);
}

awaitable<Result<StoredFile>> Files::get(FileId id, Owner owner, Deadline deadline) {
  return files_.get(id, std::move(owner), deadline);
}

awaitable<Result<FilePage>> Files::list(FileQuery query, Deadline deadline) {
  return files_.list(std::move(query), deadline);
}

awaitable<Result<void>> Files::remove(FileId id, Owner owner, Deadline deadline) {
  auto removed = co_await files_.remove(id, std::move(owner), deadline);
  if (!removed && removed.error().code == ErrorCode::conflict) {
    removed.error().fields = {
        {"", "file_in_use", "wait until the jobs that use it are done, or cancel them, then delete it", {}}};
  }
  co_return removed;
}

awaitable<Result<FileContent>> Files::content(FileId id, Owner owner, Deadline deadline) {
  auto file = co_await files_.get(id, std::move(owner), deadline);
  if (!file) co_return std::unexpected(file.error());
  auto blob = co_await blobs_.open(blob_key_of(id), deadline);
  if (!blob) co_return std::unexpected(blob.error());
  co_return FileContent{std::move(*file), std::move(*blob)};
}

UploadSlot Files::offer(UploadSlot slot) {
  const Time now = clock_.now();
  slot.id = FileId::make(now, random_);
  slot.name = clean_file_name(slot.name);
  slot.expires_at = std::chrono::ceil<Seconds>(now + options_.slot_life);
  return slot;
}

awaitable<Result<void>> Files::open_slot(const UploadSlot& slot, std::string_view signature, Deadline deadline) {
  if (!is_signed(slot, signature, options_.signing_key)) {
    co_return std::unexpected(
        Error{ErrorCode::invalid,
              "the address was not signed here, or was changed, or another Content-Type was sent",
              {{"/query/signature", "bad_signature", "use the address and the headers as given", {}}}});
  }
  if (clock_.now() >= slot.expires_at) {
    co_return std::unexpected(Error{ErrorCode::invalid,
                                    "the address has expired",
                                    {{"/query/expires", "slot_expired", "ask for another one", {}}}});
  }
  const auto before = co_await files_.get(slot.id, slot.owner, deadline);
  if (before) co_return already_uploaded();
  if (before.error().code != ErrorCode::not_found) co_return std::unexpected(before.error());
  co_return Result<void>{};
}

awaitable<Result<StoredFile>> Files::fill_slot(const UploadSlot& slot, FileIntake& intake, Deadline deadline) {
  auto received = co_await intake.finish();
  if (!received) co_return std::unexpected(received.error());
  std::vector<FieldError> errors;
  if (received->bytes != slot.bytes) {
    errors.push_back(
        {"/query/bytes",
         "wrong_size",
         std::to_string(slot.bytes) + " bytes were announced, " + std::to_string(received->bytes) + " came",
         {}});
  }
  if (received->sha256 != slot.sha256) errors.push_back(digest_mismatch("/query/sha256", received->sha256));
  if (!errors.empty()) {
    intake.ended(UploadInstruments::Outcome::refused);
    co_return std::unexpected(not_what_was_said(std::move(errors)));
  }
  StoredFile file = describe(slot.id, *received, slot.name, slot.owner);
  auto stored = co_await store(intake, std::move(file), std::move(received->scratch), deadline);
  if (!stored && stored.error().code == ErrorCode::conflict) co_return already_uploaded();
  co_return stored;
}

StoredFile Files::describe(FileId id, const ReceivedFile& received, std::string_view name, Owner owner) const {
  StoredFile file;
  file.id = id;
  file.environment = options_.environment;
  file.user_id = std::move(owner.user_id);
  file.tenant_id = std::move(owner.tenant_id);
  file.name = clean_file_name(name);
  file.content_type = traits_of(received.container).content_type;
  file.bytes = received.bytes;
  file.sha256 = received.sha256;
  file.created_at = clock_.now();
  file.expires_at = file.created_at + options_.file_life;
  return file;
}

awaitable<Result<StoredFile>> Files::store(FileIntake& intake, StoredFile file, Scratch scratch, Deadline deadline) {
  const auto added = co_await files_.add(file, std::move(scratch), deadline);
  intake.ended(added ? UploadInstruments::Outcome::stored : UploadInstruments::Outcome::refused);
  if (!added) co_return std::unexpected(added.error());
  co_return file;
}

}  // namespace soundbite
