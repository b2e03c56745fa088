#include "app/output_target.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace soundbite {

namespace {

// The rights a new file of the user's would have: mkstemp gives fewer.
mode_t usual_mode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// A link keeps its place: what it points to is replaced.
std::string resolve(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

}  // namespace

Result<OutputTarget> OutputTarget::open(const std::string& path) {
  if (path == "-") {
    File out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    if (!out) return std::unexpected(error_from_errno(errno, "standard output"));
    return OutputTarget(std::move(out), path, "");
  }
  struct stat info{};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return fail(ErrorCode::invalid, path + " is a folder: name a file in it");
  if (exists && !S_ISREG(info.st_mode)) {
    File stream(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!stream) return std::unexpected(error_from_errno(errno, path));
    return OutputTarget(std::move(stream), path, "");
  }
  if (exists && ::access(path.c_str(), W_OK) != 0) return std::unexpected(error_from_errno(errno, path));
  const std::filesystem::path target(resolve(path));
  std::string temporary = (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
  File file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return std::unexpected(error_from_errno(errno, path));
  ::fchmod(file.fd(), exists ? info.st_mode & 0777 : usual_mode());
  return OutputTarget(std::move(file), target.string(), std::move(temporary));
}

OutputTarget::OutputTarget(OutputTarget&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, std::string())) {}

std::optional<std::uint64_t> OutputTarget::bytes() const {
  struct stat info{};
  if (path_ == "-" || ::fstat(file_.fd(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

Result<void> OutputTarget::commit() {
  const std::lock_guard lock(mutex_);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return std::unexpected(error_from_errno(errno, path_));
  temporary_.clear();
  return {};
}

void OutputTarget::discard() {
  const std::lock_guard lock(mutex_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace soundbite
