#include "adapter/embedded/blob_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace soundbite::embedded {

namespace {

constexpr std::size_t longest_key = 512;
constexpr std::size_t fan_out_letters = 7;
constexpr std::size_t fan_out_level = 1;  // the folder whose entries are fan-out folders
constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::vector<std::string> split(std::string_view key) {
  std::vector<std::string> parts;
  while (true) {
    const auto slash = key.find('/');
    parts.emplace_back(key.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    key.remove_prefix(slash + 1);
  }
}

// The folders of `key`, fan-out included, and its file last.
std::vector<std::string> path_of(std::string_view key) {
  auto parts = split(key);
  parts.insert(parts.begin() + 1, parts[1].substr(0, fan_out_letters));
  return parts;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string path;
  for (const auto& part : parts) path += (path.empty() ? "" : "/") + part;
  return path;
}

// Where openat2 is missing or forbidden (old kernels, some container profiles): step by step, following no link.
int walk_and_open(int root, const std::vector<std::string>& parts) {
  File folder;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    folder = File(::openat(i == 0 ? root : folder.fd(), parts[i].c_str(), folder_flags));
    if (!folder) return -1;
  }
  return ::openat(folder.fd(), parts.back().c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

int open_beneath(int root, const std::vector<std::string>& parts) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long fd = ::syscall(SYS_openat2, root, joined(parts).c_str(), &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM)) return int(fd);
  return walk_and_open(root, parts);
}

// The folders from `root` (not in it) down to the file's.
Result<std::vector<File>> make_folders(int root, const std::vector<std::string>& parts) {
  std::vector<File> folders;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const int above = folders.empty() ? root : folders.back().fd();
    if (::mkdirat(above, parts[i].c_str(), 0700) != 0 && errno != EEXIST) {
      return std::unexpected(error_from_errno(errno, "making a folder for a blob"));
    }
    File folder(::openat(above, parts[i].c_str(), folder_flags));
    if (!folder) return std::unexpected(error_from_errno(errno, "opening a folder for a blob"));
    folders.push_back(std::move(folder));
  }
  return folders;
}

int link_open_file(int fd, int folder, const std::string& name) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return ::linkat(AT_FDCWD, path.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW);
}

// True when `name` in `folder` is the open file `fd`; it then counts as linked now, so that the search for orphans
// leaves it alone for a while.
bool is_same_file(int fd, int folder, const std::string& name) {
  struct stat ours{};
  struct stat theirs{};
  return ::fstat(fd, &ours) == 0 && ::fstatat(folder, name.c_str(), &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino && ::fchmod(fd, 0600) == 0;
}

std::string fan_out_of(const std::vector<std::string>& parts) { return parts[0] + "/" + parts[fan_out_level]; }

struct Listing {
  const std::string& after;
  std::size_t limit;
  Time linked_before;
  std::vector<std::string> keys;
  bool full() const { return keys.size() >= limit; }
};

bool is_folder(int above, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat info{};
  return ::fstatat(above, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

// Names in a folder, those of folders with "/" behind them, in the order of the keys.
Result<std::vector<std::string>> names_in(File folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(folder.fd()), &::closedir);
  if (!stream) return std::unexpected(error_from_errno(errno, "reading a folder of blobs"));
  folder.release();
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (is_folder(::dirfd(stream.get()), *entry)) name += '/';
    names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

bool old_enough(int folder, const std::string& name, Time linked_before) {
  struct stat info{};
  if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode)) return false;
  const auto linked = Seconds(info.st_ctim.tv_sec) + std::chrono::nanoseconds(info.st_ctim.tv_nsec);
  return Time(std::chrono::floor<Milliseconds>(linked)) <= linked_before;
}

Result<void> list_folder(File folder, const std::string& prefix, std::size_t level, Listing& listing) {
  File again(::fcntl(folder.fd(), F_DUPFD_CLOEXEC, 0));
  if (!again) return std::unexpected(error_from_errno(errno, "reading a folder of blobs"));
  const auto names = names_in(std::move(again));
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (listing.full()) return {};
    if (!name.ends_with('/')) {
      const std::string key = prefix + name;
      if (key > listing.after && old_enough(folder.fd(), name, listing.linked_before)) listing.keys.push_back(key);
      continue;
    }
    const std::string bare = name.substr(0, name.size() - 1);
    // Every key in there begins with this, so a cursor behind it leaves the folder out.
    const std::string start = prefix + (level == fan_out_level ? bare : name);
    if (listing.after > start && !listing.after.starts_with(start)) continue;
    File inner(::openat(folder.fd(), bare.c_str(), folder_flags));
    if (!inner && errno == ENOENT) continue;  // its last blob was just removed
    if (!inner) return std::unexpected(error_from_errno(errno, "reading a folder of blobs"));
    const auto listed = list_folder(std::move(inner), level == fan_out_level ? prefix : start, level + 1, listing);
    if (!listed) return listed;
  }
  return {};
}

Result<void> sync(const File& folder) {
  if (::fsync(folder.fd()) == 0) return {};
  return std::unexpected(error_from_errno(errno, "syncing a folder of blobs"));
}

}  // namespace

Result<void> BlobTree::check_key(std::string_view key) {
  const auto wrong = [] { return fail(ErrorCode::invalid, "this is no key of a blob"); };
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '/';
  };
  if (key.size() > longest_key || !std::ranges::all_of(key, allowed)) return wrong();
  const auto parts = split(key);
  if (parts.size() < 2) return wrong();
  for (const auto& part : parts) {
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return wrong();
  }
  return {};
}

// The bytes after the name: the file system then writes its journal once for both.
Result<void> BlobTree::link(int fd, const std::string& key) const {
  const auto parts = path_of(key);
  const auto opened = durable_->now();
  // A removal may take an empty folder away between its making and its use.
  constexpr int tries = 16;
  for (int i = 1;; ++i) {
    auto folders = make_folders(root_.fd(), parts);
    if (!folders && (folders.error().code != ErrorCode::not_found || i == tries))
      return std::unexpected(folders.error());
    if (!folders) continue;
    const int folder = folders->back().fd();
    if (link_open_file(fd, folder, parts.back()) != 0) {
      if (errno == ENOENT && i < tries) continue;
      if (errno != EEXIST) return std::unexpected(error_from_errno(errno, "naming a blob"));
      if (!is_same_file(fd, folder, parts.back())) return fail(ErrorCode::conflict, "there is a blob of that key");
    }
    const auto named = durable_->now();
    auto synced = ::fsync(fd) == 0 ? sync_folders(*folders, fan_out_of(parts), opened, named)
                                   : std::unexpected(error_from_errno(errno, "syncing a blob"));
    if (!synced) ::unlinkat(folder, parts.back().c_str(), 0);
    return synced;
  }
}

Result<void> BlobTree::sync_folders(const std::vector<File>& folders, const std::string& fan_out,
                                    DurableFolders::Moment opened, DurableFolders::Moment named) const {
  for (std::size_t i = folders.size() - 1; i > fan_out_level; --i) {
    if (auto synced = sync(folders[i]); !synced) return synced;
  }
  // Many share the fan-out folder, and who began to sync it while this one's bytes were synced did it for both.
  if (durable_->synced_since(fan_out, named)) return {};
  DurableFolders::Sync sync_of_fan_out(*durable_, fan_out, opened);
  auto synced = sync_shared_folders(folders, durable_->holds(fan_out));
  if (synced) sync_of_fan_out.succeeded();
  return synced;
}

// Those above the fan-out folder too, also when another call made them a moment ago, unless they are known to last: the
// sync of a folder without changes still empties the disk's cache.
Result<void> BlobTree::sync_shared_folders(const std::vector<File>& folders, bool known) const {
  for (std::size_t i = fan_out_level + 1; i-- > (known ? fan_out_level : 0);) {
    if (auto synced = sync(folders[i]); !synced) return synced;
  }
  return known ? Result<void>() : sync(root_);
}

Result<File> BlobTree::open(const std::string& key) const {
  File file(open_beneath(root_.fd(), path_of(key)));
  if (!file) return std::unexpected(error_from_errno(errno, "opening a blob"));
  return file;
}

Result<void> BlobTree::remove(const std::string& key) const {
  const auto parts = path_of(key);
  std::vector<File> folders;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    folders.emplace_back(::openat(i == 0 ? root_.fd() : folders.back().fd(), parts[i].c_str(), folder_flags));
    if (!folders.back()) {
      if (errno == ENOENT) return {};
      return std::unexpected(error_from_errno(errno, "opening a folder of blobs"));
    }
  }
  durable_->forget(fan_out_of(parts));
  if (::unlinkat(folders.back().fd(), parts.back().c_str(), 0) != 0 && errno != ENOENT) {
    return std::unexpected(error_from_errno(errno, "removing a blob"));
  }
  // Up to the fan-out folder, until one has something left in it.
  for (std::size_t i = folders.size() - 1; i >= fan_out_level; --i) {
    if (::unlinkat(folders[i - 1].fd(), parts[i].c_str(), AT_REMOVEDIR) != 0) break;
  }
  return {};
}

Result<std::vector<std::string>> BlobTree::list(const std::string& after, std::size_t limit, Time linked_before) const {
  Listing listing{after, limit, linked_before, {}};
  File root(::openat(root_.fd(), ".", folder_flags));
  if (!root) return std::unexpected(error_from_errno(errno, "reading the folder of blobs"));
  if (const auto listed = list_folder(std::move(root), "", 0, listing); !listed) return std::unexpected(listed.error());
  return std::move(listing.keys);
}

}  // namespace soundbite::embedded
