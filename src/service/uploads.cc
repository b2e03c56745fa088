#include "service/uploads.h"

#include <algorithm>

#include "service/file_name.h"

namespace soundbite {

namespace {

// Uploads whose digest is remembered between two requests; one forgotten is read again when it is whole.
constexpr std::size_t max_remembered = 256;

std::unexpected<Error> locked(Error error) {
  error.fields = {{"", "upload_locked", "another request is sending bytes to it: wait until that has ended", {}}};
  return std::unexpected(std::move(error));
}

std::unexpected<Error> wrong_offset(std::uint64_t offset) {
  return std::unexpected(Error{ErrorCode::conflict,
                               "the upload has " + std::to_string(offset) + " bytes",
                               {{"/header/Upload-Offset",
                                 "offset_mismatch",
                                 "HEAD tells how many bytes have arrived: go on from there",
                                 {std::to_string(offset)}}}});
}

bool is_unsupported(const Error& error) {
  return std::ranges::any_of(error.fields, [](const FieldError& field) { return field.code == "unsupported_media"; });
}

}  // namespace

Uploads::Uploads(UploadStore& uploads, BlobStore& blobs, asio::thread_pool& pool, const Clock& clock, Random& random,
                 UploadInstruments& instruments, UploadsOptions options)
    : uploads_(uploads),
      blobs_(blobs),
      pool_(pool),
      clock_(clock),
      random_(random),
      instruments_(instruments),
      options_(std::move(options)) {}

Result<void> Uploads::check_room() const {
  if (blobs_.has_room()) return {};
  return fail(ErrorCode::storage_full, "there is no room for new files; delete some or make room");
}

Result<void> Uploads::check_arriving() const {
  if (instruments_.arriving() < options_.max_arriving) return check_room();
  return fail(ErrorCode::unavailable, "too many files are arriving now");
}

Result<Upload> Uploads::new_upload(NewUpload made, Owner owner) {
  if (made.length.value_or(0) > options_.max_bytes) return std::unexpected(file_too_large(options_.max_bytes));
  Upload upload;
  upload.created_at = clock_.now();
  upload.expires_at = upload.created_at + options_.upload_life;
  upload.id = UploadId::make(upload.created_at, random_);
  upload.environment = options_.environment;
  upload.owner = std::move(owner);
  upload.length = made.length;
  upload.metadata = std::move(made.metadata);
  upload.name = clean_file_name(made.name);
  return upload;
}

awaitable<Result<Upload>> Uploads::create(NewUpload made, Owner owner, Deadline deadline) {
  auto upload = new_upload(std::move(made), std::move(owner));
  if (!upload) co_return upload;
  if (auto room = check_room(); !room) co_return std::unexpected(room.error());
  if (auto created = co_await uploads_.create(*upload, deadline); !created) co_return std::unexpected(created.error());
  co_return upload;
}

awaitable<Result<std::unique_ptr<UploadIntake>>> Uploads::begin(NewUpload made, Owner owner, UploadTerms terms,
                                                                Deadline deadline) {
  auto upload = new_upload(std::move(made), std::move(owner));
  if (!upload) co_return std::unexpected(upload.error());
  if (auto free = check_arriving(); !free) co_return std::unexpected(free.error());
  auto writer = co_await uploads_.begin(std::move(*upload), deadline);
  if (!writer) co_return std::unexpected(writer.error());
  terms.max_bytes = options_.max_bytes;
  co_return std::make_unique<UploadIntake>(co_await asio::this_coro::executor, pool_, instruments_, std::move(*writer),
                                           std::nullopt, terms);
}

awaitable<Result<Upload>> Uploads::get(UploadId id, Owner owner, Deadline deadline) {
  auto upload = co_await uploads_.get(id, std::move(owner), deadline);
  if (upload && upload->expires_at <= clock_.now()) co_return std::unexpected(expired_or_unknown(*upload));
  co_return upload;
}

Error Uploads::expired_or_unknown(const Upload& upload) const {
  return {ErrorCode::not_found,
          "the upload expired at " + format_rfc3339(upload.expires_at),
          {{"", "upload_expired", "begin another one", {}}}};
}

awaitable<Result<std::unique_ptr<UploadIntake>>> Uploads::receive(UploadId id, Owner owner, std::uint64_t offset,
                                                                  UploadTerms terms, Deadline deadline) {
  if (auto free = check_arriving(); !free) co_return std::unexpected(free.error());
  auto writer = co_await uploads_.acquire(id, std::move(owner), deadline);
  if (!writer) {
    if (writer.error().code == ErrorCode::conflict) co_return locked(std::move(writer.error()));
    co_return std::unexpected(writer.error());
  }
  const Upload& upload = (*writer)->upload();
  if (upload.expires_at <= clock_.now()) co_return std::unexpected(expired_or_unknown(upload));
  if (upload.offset != offset) co_return wrong_offset(upload.offset);
  terms.max_bytes = options_.max_bytes;
  co_return std::make_unique<UploadIntake>(co_await asio::this_coro::executor, pool_, instruments_, std::move(*writer),
                                           recall(id, offset), terms);
}

awaitable<Result<Upload>> Uploads::finish(std::unique_ptr<UploadIntake> intake,
                                          std::optional<std::string_view> checksum, Deadline deadline) {
  if (auto settled = co_await intake->settle(checksum, deadline); !settled) co_return std::unexpected(settled.error());
  if (intake->whole() && intake->offset() > 0) {
    auto upload = co_await become_file(*intake, deadline);
    if (!upload && is_unsupported(upload.error())) co_await refuse(std::move(intake), upload.error(), deadline);
    co_return upload;
  }
  if (auto kept = co_await intake->keep(deadline); !kept) co_return std::unexpected(kept.error());
  Upload upload = intake->upload();
  remember(*intake);
  co_return upload;
}

awaitable<Result<Upload>> Uploads::become_file(UploadIntake& intake, Deadline deadline) {
  const auto container = co_await intake.judge();
  if (!container) co_return std::unexpected(container.error());
  StoredFile file;
  file.created_at = clock_.now();
  file.id = FileId::make(file.created_at, random_);
  const auto sha256 = co_await intake.place(file.id, deadline);
  if (!sha256) co_return std::unexpected(sha256.error());
  Upload upload = intake.upload();
  file.environment = options_.environment;
  file.user_id = upload.owner.user_id;
  file.tenant_id = upload.owner.tenant_id;
  file.name = upload.name;
  file.content_type = traits_of(*container).content_type;
  file.bytes = intake.offset();
  file.sha256 = to_hex(*sha256);
  file.expires_at = file.created_at + options_.file_life;
  if (auto became = co_await intake.become(file, deadline); !became) co_return std::unexpected(became.error());
  intake.ended(UploadInstruments::Outcome::stored);
  upload.offset = file.bytes;
  upload.length = file.bytes;
  upload.file = file.id;
  co_return upload;
}

awaitable<void> Uploads::break_off(std::unique_ptr<UploadIntake> intake, Deadline deadline) {
  if (!intake->recorded()) co_return;
  // The client is gone: nobody is there to tell. What could not be kept is asked for again by its next HEAD.
  if (const auto kept = co_await intake->keep(deadline); kept) remember(*intake);
}

awaitable<void> Uploads::refuse(std::unique_ptr<UploadIntake> intake, const Error& why, Deadline deadline) {
  if (!intake->recorded()) co_return;
  const Upload upload = intake->upload();
  (void)co_await intake->take_back(deadline);
  intake.reset();
  // Its first bytes will always be these. What cannot be removed now expires.
  if (is_unsupported(why)) (void)co_await uploads_.remove(upload.id, upload.owner, deadline);
}

awaitable<Result<void>> Uploads::remove(UploadId id, Owner owner, Deadline deadline) {
  auto removed = co_await uploads_.remove(id, std::move(owner), deadline);
  if (!removed && removed.error().code == ErrorCode::conflict) co_return locked(std::move(removed.error()));
  std::erase_if(remembered_, [&](const Remembered& one) { return one.id == id; });
  co_return removed;
}

std::optional<Digest> Uploads::recall(UploadId id, std::uint64_t offset) {
  const auto found = std::ranges::find(remembered_, id, &Remembered::id);
  if (found == remembered_.end()) return std::nullopt;
  std::optional<Digest> digest;
  if (found->offset == offset) digest = std::move(found->digest);
  remembered_.erase(found);
  return digest;
}

void Uploads::remember(UploadIntake& intake) {
  auto digest = intake.hand_over_digest();
  if (!digest || intake.offset() == 0) return;
  if (remembered_.size() == max_remembered) remembered_.pop_front();
  remembered_.push_back({intake.upload().id, intake.offset(), std::move(*digest)});
}

}  // namespace soundbite
