#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace soundbite {

void File::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<void> File::write_all(std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return std::unexpected(error_from_errno(errno, "write"));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::size_t> File::read_at(std::span<std::byte> bytes, std::uint64_t offset) const {
  while (true) {
    const ssize_t n = ::pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) return std::unexpected(error_from_errno(errno, "read"));
  }
}

Result<std::uint64_t> File::size() const {
  struct stat info{};
  if (::fstat(fd_, &info) != 0) return std::unexpected(error_from_errno(errno, "fstat"));
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(error_from_errno(errno, path));
  constexpr std::size_t block = std::size_t{64} << 10;
  std::string bytes;
  for (std::size_t at = 0;;) {  // to its end, not to its size: some files do not know theirs
    bytes.resize(at + std::min(block + at, limit + 1 - at));
    const auto n = file.read_at(std::as_writable_bytes(std::span(bytes).subspan(at)), at);
    if (!n) return fail(n.error().code, path + ": " + n.error().message);
    at += *n;
    if (at > limit) return fail(ErrorCode::invalid, path + " is larger than " + std::to_string(limit) + " bytes");
    if (*n == 0) {
      bytes.resize(at);
      return bytes;
    }
  }
}

}  // namespace soundbite
