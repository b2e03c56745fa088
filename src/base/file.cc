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
  const auto size = file.size();
  std::size_t room = std::max<std::size_t>(block, size.value_or(0) + 1);  // some files do not know their size
  for (std::string bytes;;) {
    const std::size_t at = bytes.size();
    Result<std::size_t> n = 0;
    bytes.resize_and_overwrite(std::min(room, limit + 1), [&](char* data, std::size_t most) {
      n = file.read_at(std::as_writable_bytes(std::span(data + at, most - at)), at);
      return at + n.value_or(0);
    });
    if (!n) return fail(n.error().code, path + ": " + n.error().message);
    if (bytes.size() > limit) {
      return fail(ErrorCode::invalid, path + " is larger than " + std::to_string(limit) + " bytes");
    }
    if (*n == 0) return bytes;
    if (bytes.size() == room) room *= 2;
  }
}

}  // namespace soundbite
