// How much room the disk has, and a little of it held back so that deleting still works when it is full.
#pragma once

#include <prometheus/gauge.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/log.h"

namespace soundbite::embedded {

class DiskSpace {
 public:
  // `folder` is an open folder on the disk; it must outlive this.
  DiskSpace(int folder, std::uint64_t reserve_bytes, Log& log, prometheus::Gauge& free_bytes);

  // False when less than the reserve is free. Thread-safe; asks the disk at most once a second.
  bool has_room() const;
  // The same with so many bytes more in use, asked now.
  bool has_room_for(std::uint64_t bytes) const { return measure() >= reserve_bytes_ + bytes; }
  // A write found no room: has_room() is false for the next second, whatever the disk says. Thread-safe.
  void note_full();

  // The next three: the writer's thread only.
  // Makes the ballast file when it is missing and there is room for it beside the reserve. Failing is no error.
  void keep_ballast();
  // Gives its bytes to whoever has to write. False when there was none.
  bool release_ballast();
  bool wants_ballast() const { return !has_ballast_ && ballast_bytes_ > 0; }

 private:
  std::uint64_t measure() const;

  int folder_;
  std::uint64_t reserve_bytes_;
  std::uint64_t ballast_bytes_;
  Log& log_;
  prometheus::Gauge& free_bytes_;
  bool has_ballast_;
  mutable std::atomic<std::chrono::steady_clock::rep> measured_at_;
  mutable std::atomic<bool> has_room_;
};

}  // namespace soundbite::embedded
