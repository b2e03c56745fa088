#include "adapter/embedded/file_store.h"

#include "adapter/embedded/file_table.h"

namespace soundbite::embedded {

namespace {

Result<void> remove_within(JobTable& table, FileId id, const Owner& owner, Time now) {
  const auto file = find_owned_file(table.connection(), id, owner, now);
  if (!file) return std::unexpected(file.error());
  const auto job = job_using(table.connection(), id);
  if (!job) return std::unexpected(job.error());
  if (*job) {
    return fail(ErrorCode::conflict,
                "job " + (*job)->text() + " uses this file: wait until it is done, or cancel it first");
  }
  return FileTable(table).erase(*file);
}

Result<std::vector<FileId>> erase_expired(JobTable& table, Time now, std::size_t limit) {
  FileTable files(table);
  const auto expired = files.expired(now, limit);
  if (!expired) return std::unexpected(expired.error());
  std::vector<FileId> ids;
  for (const auto& file : *expired) {
    if (const auto erased = files.erase(file); !erased) return std::unexpected(erased.error());
    ids.push_back(file.id);
  }
  return ids;
}

}  // namespace

// Bytes whose record is not written, be it refused or lost in a crash, are orphans: whether a failed commit took effect
// is known for certain only later, so they are not deleted here.
awaitable<Result<void>> EmbeddedFileStore::add(StoredFile file, Scratch bytes, Deadline deadline) {
  if (!parts_.disk.has_room()) co_return fail(ErrorCode::storage_full, "the disk is full");
  const auto hold = parts_.in_making.take(file.id);
  if (!hold) co_return fail(ErrorCode::conflict, "there is a file of that id");
  if (auto put = co_await parts_.blobs.put(blob_key_of(file.id), std::move(bytes), deadline); !put) co_return put;
  co_return co_await parts_.writer.run<void>(
      deadline, [file = std::move(file)](JobTable& table) { return FileTable(table).insert(file); });
}

awaitable<Result<StoredFile>> EmbeddedFileStore::get(FileId id, Owner owner, Deadline deadline) {
  const Time now = parts_.clock.now();
  co_return co_await parts_.readers.run<StoredFile>(deadline,
                                                    [id, owner = std::move(owner), now](Connection& connection) {
                                                      return find_owned_file(connection, id, owner, now);
                                                    });
}

awaitable<Result<FilePage>> EmbeddedFileStore::list(FileQuery query, Deadline deadline) {
  const Time now = parts_.clock.now();
  co_return co_await parts_.readers.run<FilePage>(
      deadline, [query = std::move(query), now](Connection& connection) { return list_files(connection, query, now); });
}

// The record first: bytes that cannot be removed now are orphans.
awaitable<Result<void>> EmbeddedFileStore::remove(FileId id, Owner owner, Deadline deadline) {
  auto removed =
      co_await parts_.writer.run<void>(deadline, [id, owner = std::move(owner), now = parts_.clock.now()](
                                                     JobTable& table) { return remove_within(table, id, owner, now); });
  if (removed) (void)co_await parts_.blobs.remove(blob_key_of(id), deadline);
  co_return removed;
}

awaitable<Result<std::size_t>> EmbeddedFileStore::sweep(std::size_t limit, Deadline deadline) {
  const auto erased = co_await parts_.writer.run<std::vector<FileId>>(
      deadline, [limit, now = parts_.clock.now()](JobTable& table) { return erase_expired(table, now, limit); });
  if (!erased) co_return std::unexpected(erased.error());
  for (const FileId& id : *erased) (void)co_await parts_.blobs.remove(blob_key_of(id), deadline);
  co_return erased->size();
}

}  // namespace soundbite::embedded
