#include "adapter/embedded/disk_space.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "base/file.h"

namespace soundbite::embedded {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Enough for some thousand deletions in the log.
constexpr std::uint64_t most_ballast_bytes = 8 << 20;
constexpr char ballast_name[] = "ballast";
constexpr SteadyClock::duration measure_interval = std::chrono::seconds(1);

bool ballast_exists(int folder) {
  struct stat info{};
  return ::fstatat(folder, ballast_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && info.st_size > 0;
}

}  // namespace

DiskSpace::DiskSpace(int folder, std::uint64_t reserve_bytes, Log& log, prometheus::Gauge& free_bytes)
    : folder_(folder),
      reserve_bytes_(reserve_bytes),
      ballast_bytes_(std::min(reserve_bytes, most_ballast_bytes)),
      log_(log),
      free_bytes_(free_bytes),
      has_ballast_(ballast_exists(folder)),
      measured_at_(SteadyClock::now().time_since_epoch().count()),
      has_room_(measure() >= reserve_bytes_) {}

// A disk that does not tell counts as empty: the writes themselves will say what is wrong.
std::uint64_t DiskSpace::measure() const {
  struct statvfs info{};
  if (::fstatvfs(folder_, &info) != 0) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t bytes = std::uint64_t(info.f_bavail) * info.f_frsize;
  free_bytes_.Set(double(bytes));
  return bytes;
}

bool DiskSpace::has_room() const {
  auto last = measured_at_.load();
  const auto now = SteadyClock::now().time_since_epoch().count();
  if (now - last < measure_interval.count()) return has_room_;
  if (!measured_at_.compare_exchange_strong(last, now)) return has_room_;  // another thread measures
  const std::uint64_t bytes = measure();
  const bool room = bytes >= reserve_bytes_;
  if (has_room_.exchange(room) != room) {
    if (room) {
      log_.info("disk_has_room_again", {{"free_bytes", bytes}});
    } else {
      log_.warn("disk_full", {{"free_bytes", bytes}, {"reserve_bytes", reserve_bytes_}});
    }
  }
  return room;
}

void DiskSpace::note_full() {
  measured_at_ = SteadyClock::now().time_since_epoch().count();
  if (has_room_.exchange(false)) log_.warn("disk_full", {{"reserve_bytes", reserve_bytes_}});
}

void DiskSpace::keep_ballast() {
  if (has_ballast_ || ballast_bytes_ == 0 || !has_room_for(ballast_bytes_)) return;
  const File file(::openat(folder_, ballast_name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return;
  has_ballast_ = ::posix_fallocate(file.fd(), 0, off_t(ballast_bytes_)) == 0;
  if (!has_ballast_) ::unlinkat(folder_, ballast_name, 0);
}

bool DiskSpace::release_ballast() {
  if (!has_ballast_) return false;
  has_ballast_ = false;
  log_.warn("ballast_released", {{"bytes", ballast_bytes_}});
  return ::unlinkat(folder_, ballast_name, 0) == 0;
}

}  // namespace soundbite::embedded
