#include "adapter/embedded/upload_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "adapter/embedded/file_table.h"
#include "adapter/embedded/upload_table.h"

namespace soundbite::embedded {

namespace {

std::unexpected<Error> already_whole() {
  return fail(ErrorCode::conflict, "the upload is whole already: nothing can be added");
}

Result<void> cut(const File& file, std::uint64_t size) {
  if (::ftruncate(file.fd(), off_t(size)) != 0) {
    return std::unexpected(error_from_errno(errno, "cutting an upload to what was kept"));
  }
  return {};
}

}  // namespace

// Nobody waits for it: what it cannot remove is cleared at the next start.
EmbeddedUploadWriter::~EmbeddedUploadWriter() {
  if (recorded_) return;
  parts_.threads.post([&files = parts_.files, id = upload_.id] { (void)files.remove(id); });
}

Result<void> EmbeddedUploadWriter::check_room_for(std::span<const std::byte> bytes) const {
  if (upload_.file) return already_whole();
  if (upload_.length && bytes.size() > *upload_.length - upload_.offset) {
    return fail(ErrorCode::invalid, "there are more bytes than the " + std::to_string(*upload_.length) +
                                        " that the upload was said to have");
  }
  if (!bytes.empty() && !parts_.disk.has_room()) return fail(ErrorCode::storage_full, "the disk is full");
  return {};
}

awaitable<Result<void>> EmbeddedUploadWriter::append(std::span<const std::byte> bytes, Deadline deadline) {
  if (auto free = check_room_for(bytes); !free) co_return free;
  co_return co_await parts_.threads.run<void>(deadline, [this, bytes] { return write(bytes); });
}

Result<void> EmbeddedUploadWriter::write(std::span<const std::byte> bytes) {
  synced_ = false;
  auto written = direct_.write_at(file_, bytes, upload_.offset);
  if (written) {
    upload_.offset += bytes.size();
    return written;
  }
  if (written.error().code == ErrorCode::storage_full) parts_.disk.note_full();
  (void)cut(file_, upload_.offset);  // gives its room back; become() makes sure
  return written;
}

awaitable<Result<void>> EmbeddedUploadWriter::discard(Deadline deadline) {
  if (upload_.offset == kept_.offset) co_return Result<void>();
  co_return co_await parts_.threads.run<void>(deadline, [this] { return cut_to_kept(); });
}

Result<void> EmbeddedUploadWriter::cut_to_kept() {
  auto done = cut(file_, kept_.offset);
  if (done) upload_.offset = kept_.offset;
  return done;
}

// After a sync that failed, the next one may succeed without having written anything (docs/decisions/0032): what was
// appended is given up instead.
void EmbeddedUploadWriter::give_up() {
  upload_.offset = kept_.offset;
  (void)cut_to_kept();
}

// The name of a new file has to last as well.
Result<void> EmbeddedUploadWriter::sync() {
  if (!recorded_) {
    if (auto named = parts_.files.name(file_, upload_.id); !named) return named;
  }
  if (synced_) return {};
  if (::fdatasync(file_.fd()) != 0) {
    const int number = errno;
    give_up();
    return std::unexpected(error_from_errno(number, "syncing an upload"));
  }
  if (kept_.offset == 0) {
    if (auto named = parts_.files.sync_names(); !named) return named;
  }
  synced_ = true;
  return {};
}

awaitable<Result<void>> EmbeddedUploadWriter::keep(std::optional<std::uint64_t> length, Deadline deadline) {
  if (upload_.file) co_return already_whole();
  Upload after = upload_;
  if (length) after.length = length;
  if (after.length && *after.length < after.offset) {
    co_return fail(ErrorCode::invalid, "the upload has more bytes already than the length that is now told");
  }
  if (recorded_ && after.offset == kept_.offset && after.length == kept_.length) co_return Result<void>();
  if (auto synced = co_await parts_.threads.sync<void>(deadline, [this] { return sync(); }); !synced) co_return synced;
  co_return co_await record(std::move(after), std::nullopt, deadline);
}

// One commit for the upload and the file that it becomes.
awaitable<Result<void>> EmbeddedUploadWriter::record(Upload after, std::optional<StoredFile> file, Deadline deadline) {
  auto done = co_await parts_.writer.run<void>(
      deadline, [recorded = recorded_, before = kept_, after, file = std::move(file)](JobTable& table) -> Result<void> {
        if (file) {
          if (auto inserted = FileTable(table).insert(*file); !inserted) return inserted;
        }
        UploadTable uploads(table);
        return recorded ? uploads.replace(before, after) : uploads.insert(after);
      });
  if (!done) co_return done;
  upload_ = kept_ = std::move(after);
  recorded_ = true;
  co_return done;
}

// The bytes go to the disk in the turn that syncs them: what others write before would only make that sync longer for
// all (docs/decisions/0111).
Result<void> EmbeddedUploadWriter::write_and_link(std::span<const std::byte> bytes, const std::string& key) {
  const std::uint64_t before = upload_.offset;
  auto done = bytes.empty() ? Result<void>() : write(bytes);
  if (done) done = link_to(key);
  if (!done && upload_.offset > before) {
    upload_.offset = before;
    (void)cut(file_, before);  // link_to() makes sure
  }
  return done;
}

Result<void> EmbeddedUploadWriter::link_to(const std::string& key) {
  const auto size = file_.size();
  if (!size) return std::unexpected(size.error());
  if (*size != upload_.offset) {
    if (auto exact = cut(file_, upload_.offset); !exact) return exact;
    synced_ = false;
  }
  auto linked = parts_.blobs.link(file_, key);
  if (linked) synced_ = true;
  if (!linked && !synced_ && linked.error().code != ErrorCode::conflict) give_up();
  return linked;
}

// A crash before the commit leaves the upload as it was and a blob that nobody owns; one behind it, a file of the
// upload that the next start clears away.
awaitable<Result<void>> EmbeddedUploadWriter::place(FileId file, std::span<const std::byte> last, Deadline deadline) {
  if (auto free = check_room_for(last); !free) co_return free;
  const std::uint64_t whole = upload_.offset + last.size();
  if (upload_.length && *upload_.length != whole) {
    co_return fail(ErrorCode::conflict, "the upload is not whole: it has " + std::to_string(whole) + " of " +
                                            std::to_string(*upload_.length) + " bytes");
  }
  auto hold = parts_.files_in_making.take(file);
  if (!hold) co_return fail(ErrorCode::conflict, "there is a file of that id");
  auto placed = co_await parts_.threads.sync<void>(
      deadline, [this, last, key = blob_key_of(file)] { return write_and_link(last, key); });
  if (placed) placed_.emplace(std::move(*hold));
  co_return placed;
}

awaitable<Result<void>> EmbeddedUploadWriter::become(StoredFile file, Deadline deadline) {
  if (upload_.file) co_return already_whole();
  if (!placed_) co_return fail(ErrorCode::conflict, "the bytes of the upload are not placed yet");
  const bool has_file = recorded_;
  Upload after = upload_;
  after.length = after.offset;
  after.file = file.id;
  auto done = co_await record(std::move(after), std::move(file), deadline);
  if (done && has_file) {
    (void)co_await parts_.threads.run<void>(deadline, [this] { return parts_.files.remove(upload_.id); });
  }
  co_return done;
}

}  // namespace soundbite::embedded
