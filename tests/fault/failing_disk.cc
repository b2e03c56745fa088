// A disk that fails on command: a library that stands before libc and answers an error instead of writing.
//
// A test program is linked with it and steers it by failing_disk.h. Any other program is started with
// LD_PRELOAD=…/failing_disk.so and these variables:
//
//   FAILING_DISK_FOLDER  only files beneath this folder (absolute, without links) are touched; without it nothing fails
//   FAILING_DISK_AT      N: from the N-th counted call on, calls fail (from 1)
//   FAILING_DISK_COUNT   how many fail, 1 by default; 0: all from the N-th on
//   FAILING_DISK_ERROR   ENOSPC, EIO or EROFS; EIO by default
//   FAILING_DISK_WHILE   instead of AT: a file; while it exists the disk is full: no file grows (ENOSPC), and statvfs
//                        tells of no free space. Files can be made, overwritten in place, synced and deleted.
//
// Counted are write, pwrite, pwritev, fsync, fdatasync, ftruncate, fallocate, posix_fallocate, linkat, mkdirat, and
// open or openat when they may make a file. Each process counts for itself.
#include "tests/fault/failing_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>

namespace {

// Everything below goes to the kernel directly: what libc calls by these names is us.
struct Plan {
  std::mutex mutex;
  std::string folder;
  std::string sign;
  std::atomic<bool> armed = false;
  std::atomic<int> error = EIO;
  std::atomic<long> first = 0;  // 0: nothing fails by number
  std::atomic<long> count = 1;
  std::atomic<long> calls = 0;
  std::atomic<long> failures = 0;
};

// Never destroyed: programs write until their very end.
Plan& plan() {
  static Plan* const the_plan = new Plan;
  return *the_plan;
}

int error_named(const char* name) {
  if (name != nullptr && std::strcmp(name, "ENOSPC") == 0) return ENOSPC;
  if (name != nullptr && std::strcmp(name, "EROFS") == 0) return EROFS;
  return EIO;
}

long number_in(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtol(text, nullptr, 10);
}

__attribute__((constructor)) void read_environment() {
  const char* folder = std::getenv("FAILING_DISK_FOLDER");
  if (folder == nullptr) return;
  if (const char* sign = std::getenv("FAILING_DISK_WHILE")) {
    failing_disk_full_while(folder, sign);
  } else {
    failing_disk_fail(folder, error_named(std::getenv("FAILING_DISK_ERROR")), number_in("FAILING_DISK_AT", 0),
                      number_in("FAILING_DISK_COUNT", 1));
  }
}

bool beneath(const char* path, std::size_t size) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  return size >= p.folder.size() && std::memcmp(path, p.folder.data(), p.folder.size()) == 0 &&
         (size == p.folder.size() || path[p.folder.size()] == '/');
}

bool is_ours(int fd) {
  if (!plan().armed) return false;
  const int kept = errno;
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  std::array<char, PATH_MAX> path{};
  const long size = ::syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), path.data(), path.size());
  errno = kept;
  return size > 0 && beneath(path.data(), std::size_t(size));
}

bool is_ours(int folder, const char* path) {
  if (!plan().armed) return false;
  if (path[0] == '/') return beneath(path, std::strlen(path));
  return folder != AT_FDCWD && is_ours(folder);
}

// Counts the call; true when it is one that has to fail, errno set.
bool strikes() {
  Plan& p = plan();
  const long first = p.first;
  if (first == 0) return false;
  const long number = ++p.calls;
  const long count = p.count;
  if (number < first || (count != 0 && number >= first + count)) return false;
  ++p.failures;
  errno = p.error;
  return true;
}

bool is_full() {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  if (p.sign.empty()) return false;
  const int kept = errno;
  const bool there = ::syscall(SYS_faccessat, AT_FDCWD, p.sign.c_str(), F_OK) == 0;
  errno = kept;
  return there;
}

// True when the file would have to grow to `end` on a full disk, errno set.
bool has_no_room(int fd, off_t end) {
  if (!is_full()) return false;
  struct stat info{};
  if (::fstat(fd, &info) != 0 || end <= info.st_size) return false;
  ++plan().failures;
  errno = ENOSPC;
  return true;
}

bool refuses_write(int fd, std::size_t size, off_t at) {
  return is_ours(fd) && (strikes() || has_no_room(fd, at + off_t(size)));
}

bool may_make(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

int open_at(int folder, const char* path, int flags, unsigned mode) {
  if (may_make(flags) && is_ours(folder, path) && strikes()) return -1;
  return int(::syscall(SYS_openat, folder, path, flags, mode));
}

template <class Info>
int without_free_space(int result, bool ours, Info* info) {
  if (result == 0 && ours && is_full()) info->f_bavail = info->f_bfree = 0;
  return result;
}

int statvfs_of(struct statfs from, struct statvfs* to) {
  *to = {};
  to->f_bsize = static_cast<unsigned long>(from.f_bsize);
  to->f_frsize = static_cast<unsigned long>(from.f_frsize != 0 ? from.f_frsize : from.f_bsize);
  to->f_blocks = from.f_blocks;
  to->f_bfree = from.f_bfree;
  to->f_bavail = from.f_bavail;
  to->f_files = from.f_files;
  to->f_ffree = to->f_favail = from.f_ffree;
  to->f_namemax = static_cast<unsigned long>(from.f_namelen);
  return 0;
}

}  // namespace

extern "C" {

void failing_disk_fail(const char* folder, int error, long first, long count) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  p.folder = folder;
  p.sign.clear();
  p.error = error;
  p.first = first;
  p.count = count;
  p.calls = 0;
  p.failures = 0;
  p.armed = true;
}

void failing_disk_full_while(const char* folder, const char* sign) {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  p.folder = folder;
  p.sign = sign;
  p.first = 0;
  p.failures = 0;
  p.armed = true;
}

void failing_disk_mend() {
  Plan& p = plan();
  const std::lock_guard lock(p.mutex);
  p.armed = false;
  p.first = 0;
  p.sign.clear();
}

long failing_disk_calls() { return plan().calls; }
long failing_disk_failures() { return plan().failures; }

ssize_t write(int fd, const void* data, std::size_t size) {
  if (plan().armed && refuses_write(fd, size, ::lseek(fd, 0, SEEK_CUR))) return -1;
  return ::syscall(SYS_write, fd, data, size);
}

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t at) {
  if (refuses_write(fd, size, at)) return -1;
  return ::syscall(SYS_pwrite64, fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, std::size_t size, off64_t at) { return pwrite(fd, data, size, at); }

ssize_t pwritev(int fd, const iovec* parts, int n, off_t at) {
  std::size_t size = 0;
  for (int i = 0; i < n; ++i) size += parts[i].iov_len;
  if (refuses_write(fd, size, at)) return -1;
  return ::syscall(SYS_pwritev, fd, parts, n, at, 0);
}
ssize_t pwritev64(int fd, const iovec* parts, int n, off64_t at) { return pwritev(fd, parts, n, at); }

int fsync(int fd) {
  if (is_ours(fd) && strikes()) return -1;
  return int(::syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
  if (is_ours(fd) && strikes()) return -1;
  return int(::syscall(SYS_fdatasync, fd));
}

int ftruncate(int fd, off_t size) noexcept {
  if (is_ours(fd) && strikes()) return -1;
  return int(::syscall(SYS_ftruncate, fd, size));
}
int ftruncate64(int fd, off64_t size) noexcept { return ftruncate(fd, size); }

int fallocate(int fd, int mode, off_t at, off_t size) {
  if (refuses_write(fd, std::size_t(size), at)) return -1;
  return int(::syscall(SYS_fallocate, fd, mode, at, size));
}
int fallocate64(int fd, int mode, off64_t at, off64_t size) { return fallocate(fd, mode, at, size); }

int posix_fallocate(int fd, off_t at, off_t size) {
  const int kept = errno;
  const int result = fallocate(fd, 0, at, size) == 0 ? 0 : errno;
  errno = kept;
  return result;
}
int posix_fallocate64(int fd, off64_t at, off64_t size) { return posix_fallocate(fd, at, size); }

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  if (is_ours(to_folder, to) && strikes()) return -1;
  return int(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  if (is_ours(folder, path) && strikes()) return -1;
  return int(::syscall(SYS_mkdirat, folder, path, mode));
}

#define READ_MODE(flags, mode)     \
  unsigned mode = 0;               \
  if (may_make(flags)) {           \
    va_list rest;                  \
    va_start(rest, flags);         \
    mode = va_arg(rest, unsigned); \
    va_end(rest);                  \
  }

int open(const char* path, int flags, ...) {
  READ_MODE(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  READ_MODE(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  READ_MODE(flags, mode)
  return open_at(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
  READ_MODE(flags, mode)
  return open_at(folder, path, flags, mode);
}

int fstatvfs(int fd, struct statvfs* info) noexcept {
  struct statfs found{};
  const long result = ::syscall(SYS_fstatfs, fd, &found);
  return result != 0 ? -1 : without_free_space(statvfs_of(found, info), is_ours(fd), info);
}

int statvfs(const char* path, struct statvfs* info) noexcept {
  struct statfs found{};
  const long result = ::syscall(SYS_statfs, path, &found);
  return result != 0 ? -1 : without_free_space(statvfs_of(found, info), is_ours(AT_FDCWD, path), info);
}
}
