#include "base/direct_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace soundbite {

namespace {

bool aligned(std::uint64_t number) { return number % DirectWriter::alignment == 0; }

Result<void> write_run(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), off_t(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::unexpected(error_from_errno(errno, "writing"));
    bytes = bytes.subspan(std::size_t(n));
    offset += std::uint64_t(n);
  }
  return {};
}

}  // namespace

// What is not aligned comes last in the file and is written first: it is then on its way to the disk with the rest, and
// a sync need not wait for it alone.
Result<void> DirectWriter::write_at(const File& file, std::span<const std::byte> bytes, std::uint64_t offset) {
  const bool direct = possible_ && bytes.size() >= worth_it && aligned(offset) &&
                      aligned(reinterpret_cast<std::uintptr_t>(bytes.data()));
  const auto whole = bytes.first(direct ? bytes.size() - bytes.size() % alignment : 0);
  const auto rest = bytes.subspan(whole.size());
  if (auto written = write_run(file.fd(), rest, offset + whole.size()); !written) return written;
  if (whole.empty()) return {};
  if (!rest.empty()) (void)::sync_file_range(file.fd(), off_t(offset + whole.size()), 0, SYNC_FILE_RANGE_WRITE);
  if (!direct_) {
    const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
    direct_ = File(::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
  }
  possible_ = direct_ && write_run(direct_.fd(), whole, offset);
  // Whatever the reason, an error of the disk among them: the way through the page cache tells it.
  return possible_ ? Result<void>() : write_run(file.fd(), whole, offset);
}

}  // namespace soundbite
