#include "adapter/embedded/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>

namespace soundbite::embedded {

namespace {

// The record in the lock file has one size, so that rewriting it needs no room on the disk.
constexpr std::size_t record_size = 32;
constexpr std::string_view clean_word = "clean";
constexpr std::string_view running_word = "process ";

std::unexpected<Error> cannot_write(const std::string& path, const Error& cause) {
  if (cause.code == ErrorCode::storage_full) {
    return fail(ErrorCode::storage_full,
                "there is no room for the data folder " + path + " (" + cause.message + "): free some space");
  }
  return fail(ErrorCode::unavailable, "the data folder " + path + " cannot be written (" + cause.message +
                                          "): give this user the right to, or choose another --data-dir");
}

std::unexpected<Error> cannot_write(const std::string& path, int number) {
  return cannot_write(path, error_from_errno(number, "lock file"));
}

bool write_record(int fd, std::string text) {
  text.resize(record_size - 1, ' ');
  text += '\n';
  return ::pwrite(fd, text.data(), text.size(), 0) == ssize_t(text.size()) && ::fsync(fd) == 0;
}

std::string read_record(int fd) {
  std::array<char, record_size> buffer{};
  const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), 0);
  return {buffer.data(), n > 0 ? std::size_t(n) : 0};
}

std::unexpected<Error> owned_by_another(const std::string& path, const std::string& record) {
  std::string holder = "another process";
  if (record.starts_with(running_word)) {
    const auto digits = std::string_view(record).substr(running_word.size());
    long pid = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), pid).ec == std::errc()) {
      holder = "process " + std::to_string(pid);
    }
  }
  return fail(ErrorCode::conflict, "the data folder " + path + " is in use by " + holder +
                                       ": stop it first, or give this one another --data-dir");
}

// Every folder on the way that is missing is made, for this user alone, and is durable in the one above it.
Result<File> open_or_make(const std::string& path) {
  const auto absolute = std::filesystem::path(path).lexically_normal();
  File folder(::open(absolute.is_absolute() ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return cannot_write(path, error_from_errno(errno, "folder"));
  for (const auto& part : absolute.relative_path()) {
    if (part.empty() || part == ".") continue;
    File next(::openat(folder.fd(), part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!next && errno == ENOENT) {
      auto made = make_folder(folder.fd(), part);
      if (!made) return cannot_write(path, made.error());
      next = std::move(*made);
    }
    if (!next) return cannot_write(path, error_from_errno(errno, part.string()));
    folder = std::move(next);
  }
  return folder;
}

}  // namespace

Result<File> make_folder(int folder, const std::string& name) {
  if (::mkdirat(folder, name.c_str(), 0700) != 0 && errno != EEXIST) {
    return std::unexpected(error_from_errno(errno, name));
  }
  File made(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made || ::fsync(folder) != 0) return std::unexpected(error_from_errno(errno, name));
  return made;
}

Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::string& path) {
  auto folder = open_or_make(path);
  if (!folder) return std::unexpected(folder.error());
  File lock(::openat(folder->fd(), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock) return cannot_write(path, errno);
  if (::flock(lock.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return owned_by_another(path, read_record(lock.fd()));
    return cannot_write(path, errno);
  }
  const std::string record = read_record(lock.fd());
  if (!write_record(lock.fd(), std::string(running_word) + std::to_string(::getpid()))) {
    return cannot_write(path, errno);
  }
  return std::unique_ptr<DataFolder>(
      new DataFolder(path, std::move(*folder), std::move(lock), record.starts_with(running_word)));
}

DataFolder::DataFolder(std::string path, File folder, File lock, bool stopped_uncleanly)
    : path_(std::move(path)),
      folder_(std::move(folder)),
      lock_(std::move(lock)),
      stopped_uncleanly_(stopped_uncleanly) {}

Error DataFolder::explain(const Error& error) const {
  if (error.message.contains(path_)) return error;
  if (error.code == ErrorCode::corrupt) {
    return {ErrorCode::corrupt,
            "the data folder " + path_ + " is damaged (" + error.message +
                "): restore it from a backup, or choose another --data-dir",
            {}};
  }
  return cannot_write(path_, error).error();
}

void DataFolder::release(Stop stop) {
  // Nothing to do when it fails: the next start then checks the file once more than it must.
  if (stop == Stop::clean) write_record(lock_.fd(), std::string(clean_word));
  lock_.close();
}

}  // namespace soundbite::embedded
