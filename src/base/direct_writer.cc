#include "base/direct_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace soundbite {

namespace {

bool aligned(std::uint64_t number) { return number % DirectWriter::alignment == 0; }

// How much was written; less than all with errno.
std::size_t write_run(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::pwrite(fd, bytes.data() + done, bytes.size() - done, off_t(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    done += std::size_t(n);
  }
  return done;
}

}  // namespace

Result<void> DirectWriter::write_at(const File& file, std::span<const std::byte> bytes, std::uint64_t offset) {
  std::size_t done = 0;
  if (possible_ && bytes.size() >= worth_it && aligned(offset) &&
      aligned(reinterpret_cast<std::uintptr_t>(bytes.data()))) {
    if (!direct_) {
      const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
      direct_ = File(::open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC));
    }
    const std::size_t run = bytes.size() - bytes.size() % alignment;
    if (direct_) done = write_run(direct_.fd(), bytes.first(run), offset);
    // Whatever the reason, an error of the disk among them: the way through the page cache tells it.
    possible_ = done == run;
  }
  const auto rest = bytes.subspan(done);
  if (write_run(file.fd(), rest, offset + done) == rest.size()) return {};
  return std::unexpected(error_from_errno(errno, "writing"));
}

}  // namespace soundbite
