#include "adapter/embedded/upload_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "adapter/embedded/data_folder.h"
#include "adapter/embedded/upload_table.h"

namespace soundbite::embedded {

Result<void> UploadFiles::open(int data_dir) {
  auto folder = make_folder(data_dir, "uploads");
  if (!folder) return std::unexpected(folder.error());
  folder_ = std::move(*folder);
  return {};
}

Result<File> UploadFiles::open_at(UploadId id, std::uint64_t kept) const {
  const int make = kept == 0 ? O_CREAT : 0;
  File file(::openat(folder_.fd(), id.text().c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | make, 0600));
  if (!file && errno == ENOENT) return fail(ErrorCode::corrupt, "the bytes of upload " + id.text() + " are gone");
  if (!file) return std::unexpected(error_from_errno(errno, "opening an upload"));
  const auto size = file.size();
  if (!size) return std::unexpected(size.error());
  if (*size < kept) return fail(ErrorCode::corrupt, "upload " + id.text() + " has lost bytes");
  if (*size > kept && ::ftruncate(file.fd(), off_t(kept)) != 0) {
    return std::unexpected(error_from_errno(errno, "cutting an upload to what was kept"));
  }
  return file;
}

Result<File> UploadFiles::make(UploadId id) const {
  File file(::openat(folder_.fd(), ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  if (!file) file = File(::openat(folder_.fd(), id.text().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(error_from_errno(errno, "making an upload"));
  return file;
}

Result<void> UploadFiles::name(const File& file, UploadId id) const {
  const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
  if (::linkat(AT_FDCWD, path.c_str(), folder_.fd(), id.text().c_str(), AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST) {
    return std::unexpected(error_from_errno(errno, "naming an upload"));
  }
  return {};
}

Result<void> UploadFiles::sync_names() const {
  if (::fsync(folder_.fd()) != 0) return std::unexpected(error_from_errno(errno, "syncing the folder of uploads"));
  return {};
}

Result<void> UploadFiles::remove(UploadId id) const {
  if (::unlinkat(folder_.fd(), id.text().c_str(), 0) != 0 && errno != ENOENT) {
    return std::unexpected(error_from_errno(errno, "removing an upload"));
  }
  return {};
}

Result<std::vector<UploadId>> UploadFiles::list() const {
  File again(::openat(folder_.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(again ? ::fdopendir(again.fd()) : nullptr, &::closedir);
  if (!stream) return std::unexpected(error_from_errno(errno, "reading the folder of uploads"));
  again.release();
  std::vector<UploadId> ids;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (const auto id = UploadId::parse(entry->d_name)) ids.push_back(*id);
  }
  return ids;
}

Result<void> clear_leftovers(const UploadFiles& files, JobTable& table) {
  const auto ids = files.list();
  if (!ids) return std::unexpected(ids.error());
  for (const UploadId& id : *ids) {
    const auto upload = find_upload(table.connection(), id);
    if (!upload && upload.error().code != ErrorCode::not_found) return std::unexpected(upload.error());
    if (upload && !upload->file) continue;
    if (auto removed = files.remove(id); !removed) return removed;
  }
  return {};
}

}  // namespace soundbite::embedded
