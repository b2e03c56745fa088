#include "adapter/embedded/upload_store.h"

#include "adapter/embedded/upload_table.h"
#include "adapter/embedded/upload_writer.h"

namespace soundbite::embedded {

namespace {

std::unexpected<Error> held_by_another() {
  return fail(ErrorCode::conflict, "another request writes to this upload: wait until it has ended");
}

// What expired, without what somebody holds right now.
using Holds = std::vector<HeldIds<UploadId>::Hold>;
Result<std::vector<UploadId>> erase_expired(JobTable& table, HeldIds<UploadId>& held, Time now, std::size_t limit,
                                            Holds& holds) {
  UploadTable uploads(table);
  const auto expired = uploads.expired(now, limit + held.size());
  if (!expired) return std::unexpected(expired.error());
  std::vector<UploadId> ids;
  for (const UploadId& id : *expired) {
    if (ids.size() == limit) break;
    auto hold = held.take(id);
    if (!hold) continue;
    const auto upload = find_upload(table.connection(), id);
    if (!upload) return std::unexpected(upload.error());
    if (const auto erased = uploads.erase(*upload); !erased) return std::unexpected(erased.error());
    holds.push_back(std::move(*hold));
    ids.push_back(id);
  }
  return ids;
}

}  // namespace

// Its file comes with the first byte.
awaitable<Result<void>> EmbeddedUploadStore::create(Upload upload, Deadline deadline) {
  if (!parts_.disk.has_room()) co_return fail(ErrorCode::storage_full, "the disk is full");
  co_return co_await parts_.writer.run<void>(
      deadline, [upload = std::move(upload)](JobTable& table) { return UploadTable(table).insert(upload); });
}

awaitable<Result<std::unique_ptr<UploadWriter>>> EmbeddedUploadStore::begin(Upload upload, Deadline deadline) {
  if (!parts_.disk.has_room()) co_return fail(ErrorCode::storage_full, "the disk is full");
  auto hold = parts_.held.take(upload.id);
  if (!hold) co_return held_by_another();
  auto opened =
      co_await parts_.threads.run<File>(deadline, [&files = parts_.files, id = upload.id] { return files.make(id); });
  if (!opened) co_return std::unexpected(opened.error());
  co_return std::make_unique<EmbeddedUploadWriter>(parts_, std::move(*hold), std::move(upload), std::move(*opened),
                                                   false);
}

awaitable<Result<Upload>> EmbeddedUploadStore::get(UploadId id, Owner owner, Deadline deadline) {
  co_return co_await parts_.readers.run<Upload>(deadline, [id, owner = std::move(owner)](Connection& connection) {
    return find_owned_upload(connection, id, owner);
  });
}

awaitable<Result<std::unique_ptr<UploadWriter>>> EmbeddedUploadStore::acquire(UploadId id, Owner owner,
                                                                              Deadline deadline) {
  auto hold = parts_.held.take(id);
  auto upload = co_await get(id, std::move(owner), deadline);
  if (!upload) co_return std::unexpected(upload.error());
  if (!hold) co_return held_by_another();
  File file;
  if (!upload->file) {
    auto opened = co_await parts_.threads.run<File>(
        deadline, [&files = parts_.files, id, kept = upload->offset] { return files.open_at(id, kept); });
    if (!opened) co_return std::unexpected(opened.error());
    file = std::move(*opened);
  }
  co_return std::make_unique<EmbeddedUploadWriter>(parts_, std::move(*hold), std::move(*upload), std::move(file), true);
}

awaitable<Result<void>> EmbeddedUploadStore::remove(UploadId id, Owner owner, Deadline deadline) {
  const auto hold = parts_.held.take(id);
  auto upload = co_await get(id, std::move(owner), deadline);
  if (!upload) co_return std::unexpected(upload.error());
  if (!hold) co_return held_by_another();
  auto erased = co_await parts_.writer.run<void>(
      deadline, [upload = std::move(*upload)](JobTable& table) { return UploadTable(table).erase(upload); });
  if (erased) (void)co_await remove_bytes({id});
  co_return erased;
}

awaitable<Result<std::size_t>> EmbeddedUploadStore::sweep(std::size_t limit, Deadline deadline) {
  Holds holds;
  auto erased = co_await parts_.writer.run<std::vector<UploadId>>(
      deadline, [&held = parts_.held, &holds, limit, now = parts_.clock.now()](JobTable& table) {
        holds.clear();
        return erase_expired(table, held, now, limit, holds);
      });
  if (!erased) co_return std::unexpected(erased.error());
  const auto count = erased->size();
  if (auto removed = co_await remove_bytes(std::move(*erased)); !removed) {
    co_return std::unexpected(removed.error());
  }
  co_return count;
}

// Late or not, since nobody else comes back for them; what cannot be removed is cleared at the next start.
awaitable<Result<void>> EmbeddedUploadStore::remove_bytes(std::vector<UploadId> ids) {
  co_return co_await parts_.threads.run<void>(Deadline::never(), [&files = parts_.files, ids = std::move(ids)] {
    Result<void> all;
    for (const UploadId& id : ids) {
      if (auto removed = files.remove(id); !removed) all = removed;
    }
    return all;
  });
}

}  // namespace soundbite::embedded
