#include "adapter/embedded/log_room.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/file.h"

namespace soundbite::embedded {

namespace {

bool write_zeros(const File& log, std::uint64_t begin) {
  const std::vector<std::byte> zeros(1 << 20);
  if (::lseek(log.fd(), off_t(begin), SEEK_SET) < 0) return false;
  for (std::uint64_t left = log_room_bytes - begin; left > 0;) {
    const auto part = std::span(zeros).first(std::size_t(std::min<std::uint64_t>(left, zeros.size())));
    if (!log.write_all(part)) return false;
    left -= part.size();
  }
  return ::fdatasync(log.fd()) == 0;
}

}  // namespace

void make_room_for_log(const std::string& path) {
  // SQLite has no locks on this file, which closing it would give up.
  const File log(::open((path + "-wal").c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!log) return;
  const auto size = log.size();
  if (!size || *size >= log_room_bytes) return;
  if (!write_zeros(log, *size)) (void)::ftruncate(log.fd(), off_t(*size));
}

}  // namespace soundbite::embedded
