// Long files written past the page cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "base/file.h"

namespace soundbite {

// Large writes whose memory and offset are multiples of `alignment` go to the disk from where they lie: no copy, no new
// pages, and nothing left to write when the file is synced. All others, and all on file systems that have no such
// writes, go through the page cache. For one file and one thread at a time; durable only after a sync of the file.
class DirectWriter {
 public:
  static constexpr std::size_t alignment = 4096;
  static constexpr std::size_t worth_it = 64 * 1024;  // bytes; below it a copy costs less than a wait for the disk

  // All of `bytes`, or an error: any of them may be in the file then, also the last ones alone. EINTR is retried.
  // `file` is always the same, and open for writing.
  Result<void> write_at(const File& file, std::span<const std::byte> bytes, std::uint64_t offset);

 private:
  File direct_;  // the same file, opened once more
  bool possible_ = true;
};

}  // namespace soundbite
