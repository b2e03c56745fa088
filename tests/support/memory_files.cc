#include "tests/support/memory_files.h"

#include <sys/mman.h>
#include <unistd.h>

namespace soundbite {

namespace {

std::unexpected<Error> no_such_file() { return fail(ErrorCode::not_found, "there is no such file"); }
std::unexpected<Error> no_such_upload() { return fail(ErrorCode::not_found, "there is no such upload"); }

std::optional<Error> take_failure(std::multimap<std::string, Error>& failures, const std::string& verb) {
  const auto found = failures.find(verb);
  if (found == failures.end()) return std::nullopt;
  Error error = found->second;
  failures.erase(found);
  return error;
}

std::string read_all(const File& file) {
  std::string bytes(file.size().value(), '\0');
  (void)file.read_at(std::as_writable_bytes(std::span(bytes)), 0);
  return bytes;
}

class MemoryWriter final : public UploadWriter {
 public:
  MemoryWriter(std::shared_ptr<MemoryUploads::Record> record, MemoryUploads& uploads, MemoryFiles& files)
      : record_(std::move(record)), uploads_(uploads), files_(files), upload_(record_->upload) {
    record_->held = true;
  }
  MemoryWriter(const MemoryWriter&) = delete;
  MemoryWriter& operator=(const MemoryWriter&) = delete;
  ~MemoryWriter() override {
    truncate(record_->upload.offset);
    record_->held = false;
  }

  const Upload& upload() const override { return upload_; }
  bool recorded() const override { return uploads_.records.contains(upload_.id); }

  awaitable<Result<void>> append(std::span<const std::byte> bytes, Deadline) override {
    if (auto error = take_failure(uploads_.failures, "append")) co_return std::unexpected(*error);
    if (upload_.file) co_return fail(ErrorCode::conflict, "the upload is complete");
    if (upload_.length && bytes.size() > *upload_.length - upload_.offset) {
      co_return fail(ErrorCode::invalid, "more bytes than the upload's length");
    }
    if (auto written = record_->bytes.write_all(bytes); !written) co_return written;
    upload_.offset += bytes.size();
    co_return Result<void>{};
  }

  awaitable<Result<void>> discard(Deadline) override {
    if (auto error = take_failure(uploads_.failures, "discard")) co_return std::unexpected(*error);
    truncate(record_->upload.offset);
    upload_.offset = record_->upload.offset;
    co_return Result<void>{};
  }

  awaitable<Result<void>> keep(std::optional<std::uint64_t> length, Deadline) override {
    if (auto error = take_failure(uploads_.failures, "keep")) co_return std::unexpected(*error);
    if (length) upload_.length = length;
    record();
    co_return Result<void>{};
  }

  const File& bytes() const override { return record_->bytes; }

  awaitable<Result<void>> place(FileId, std::span<const std::byte> last, Deadline deadline) override {
    if (auto error = take_failure(uploads_.failures, "place")) co_return std::unexpected(*error);
    co_return co_await append(last, deadline);
  }

  awaitable<Result<void>> become(StoredFile file, Deadline) override {
    if (auto error = take_failure(uploads_.failures, "become")) co_return std::unexpected(*error);
    if (upload_.file) co_return fail(ErrorCode::conflict, "the upload has become a file already");
    const FileId id = file.id;
    if (auto made = files_.insert(std::move(file), read_all(record_->bytes)); !made) co_return made;
    upload_.length = upload_.offset;
    upload_.file = id;
    record();
    co_return Result<void>{};
  }

 private:
  void truncate(std::uint64_t size) {
    (void)::ftruncate(record_->bytes.fd(), off_t(size));
    ::lseek(record_->bytes.fd(), 0, SEEK_END);
  }

  void record() {
    record_->upload = upload_;
    uploads_.records[upload_.id] = record_;
  }

  std::shared_ptr<MemoryUploads::Record> record_;
  MemoryUploads& uploads_;
  MemoryFiles& files_;
  Upload upload_;
};

}  // namespace

const StoredFile* MemoryFiles::find(FileId id, const Owner& owner) const {
  const auto found = records.find(id);
  if (found == records.end()) return nullptr;
  const StoredFile& file = found->second;
  const bool theirs = file.tenant_id == owner.tenant_id && file.user_id == owner.user_id;
  return theirs && (file.expires_at > clock_.now() || job_using_(id)) ? &file : nullptr;
}

Result<void> MemoryFiles::insert(StoredFile file, std::string bytes) {
  if (records.contains(file.id)) return fail(ErrorCode::conflict, "there is a file of that id");
  blob_bytes_[blob_key_of(file.id)] = std::move(bytes);
  const FileId id = file.id;
  records[id] = std::move(file);
  return {};
}

awaitable<Result<void>> MemoryFiles::add(StoredFile file, Scratch bytes, Deadline) {
  if (auto error = take_failure(failures, "add")) co_return std::unexpected(*error);
  co_return insert(std::move(file), read_all(bytes.file));
}

awaitable<Result<StoredFile>> MemoryFiles::get(FileId id, Owner owner, Deadline) {
  if (auto error = take_failure(failures, "get")) co_return std::unexpected(*error);
  const StoredFile* file = find(id, owner);
  if (!file) co_return no_such_file();
  co_return *file;
}

awaitable<Result<FilePage>> MemoryFiles::list(FileQuery query, Deadline) {
  if (auto error = take_failure(failures, "list")) co_return std::unexpected(*error);
  FilePage page;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (!find(record->first, query.owner) || (query.before && record->first >= *query.before)) continue;
    if (page.files.size() == query.limit) {
      page.more = true;
      break;
    }
    page.files.push_back(record->second);
  }
  co_return page;
}

awaitable<Result<void>> MemoryFiles::remove(FileId id, Owner owner, Deadline) {
  if (auto error = take_failure(failures, "remove")) co_return std::unexpected(*error);
  if (!find(id, owner)) co_return no_such_file();
  if (const auto job = job_using_(id)) co_return fail(ErrorCode::conflict, "the file is in use by job " + job->text());
  records.erase(id);
  blob_bytes_.erase(blob_key_of(id));
  co_return Result<void>{};
}

awaitable<Result<std::size_t>> MemoryFiles::sweep(std::size_t limit, Deadline) {
  if (auto error = take_failure(failures, "sweep")) co_return std::unexpected(*error);
  std::size_t swept = 0;
  for (auto record = records.begin(); record != records.end() && swept < limit;) {
    const FileId id = record->first;
    if (record->second.expires_at > clock_.now() || job_using_(id)) {
      ++record;
      continue;
    }
    record = records.erase(record);
    blob_bytes_.erase(blob_key_of(id));
    ++swept;
  }
  co_return swept;
}

std::shared_ptr<MemoryUploads::Record> MemoryUploads::find(UploadId id, const Owner& owner) const {
  const auto found = records.find(id);
  return found != records.end() && found->second->upload.owner == owner ? found->second : nullptr;
}

std::shared_ptr<MemoryUploads::Record> MemoryUploads::make(Upload upload) {
  auto record = std::make_shared<Record>();
  record->bytes = File(::memfd_create("upload", MFD_CLOEXEC));
  record->upload = std::move(upload);
  return record;
}

awaitable<Result<void>> MemoryUploads::create(Upload upload, Deadline) {
  if (auto error = take_failure(failures, "create")) co_return std::unexpected(*error);
  if (records.contains(upload.id)) co_return fail(ErrorCode::conflict, "there is an upload of that id");
  const UploadId id = upload.id;
  records[id] = make(std::move(upload));
  co_return Result<void>{};
}

awaitable<Result<std::unique_ptr<UploadWriter>>> MemoryUploads::begin(Upload upload, Deadline) {
  if (auto error = take_failure(failures, "begin")) co_return std::unexpected(*error);
  co_return std::make_unique<MemoryWriter>(make(std::move(upload)), *this, files_);
}

awaitable<Result<Upload>> MemoryUploads::get(UploadId id, Owner owner, Deadline) {
  if (auto error = take_failure(failures, "get")) co_return std::unexpected(*error);
  const auto record = find(id, owner);
  if (!record) co_return no_such_upload();
  co_return record->upload;
}

awaitable<Result<std::unique_ptr<UploadWriter>>> MemoryUploads::acquire(UploadId id, Owner owner, Deadline) {
  if (auto error = take_failure(failures, "acquire")) co_return std::unexpected(*error);
  auto record = find(id, owner);
  if (!record) co_return no_such_upload();
  if (record->held) co_return fail(ErrorCode::conflict, "another request writes to this upload");
  co_return std::make_unique<MemoryWriter>(std::move(record), *this, files_);
}

awaitable<Result<void>> MemoryUploads::remove(UploadId id, Owner owner, Deadline) {
  if (auto error = take_failure(failures, "remove")) co_return std::unexpected(*error);
  const auto record = find(id, owner);
  if (!record) co_return no_such_upload();
  if (record->held) co_return fail(ErrorCode::conflict, "another request writes to this upload");
  records.erase(id);
  co_return Result<void>{};
}

awaitable<Result<std::size_t>> MemoryUploads::sweep(std::size_t limit, Deadline) {
  if (auto error = take_failure(failures, "sweep")) co_return std::unexpected(*error);
  std::size_t swept = 0;
  for (auto record = records.begin(); record != records.end() && swept < limit;) {
    if (record->second->upload.expires_at > clock_.now() || record->second->held) {
      ++record;
      continue;
    }
    record = records.erase(record);
    ++swept;
  }
  co_return swept;
}

}  // namespace soundbite
