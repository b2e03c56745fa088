#include "app/recording/memory_file.h"

#include <sys/mman.h>

#include <array>
#include <cerrno>

namespace soundbite {

Result<File> memory_file(const char* name) {
  File file(::memfd_create(name, MFD_CLOEXEC));
  if (!file) return std::unexpected(error_from_errno(errno, "a file in memory"));
  return file;
}

Result<void> copy(const File& from, const File& to) {
  std::array<std::byte, 65'536> block;
  for (std::uint64_t at = 0;;) {
    const auto n = from.read_at(block, at);
    if (!n) return std::unexpected(n.error());
    if (*n == 0) return {};
    if (auto written = to.write_all(std::span(block).first(*n)); !written) return written;
    at += *n;
  }
}

}  // namespace soundbite
