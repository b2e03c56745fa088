// Where samples wait that are needed later: memory first, then a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/error.h"

namespace soundbite::media {

inline constexpr std::size_t chunk_frames = 16'384;

// What one process may keep. For one thread.
class SpoolRoom {
 public:
  static constexpr std::uint64_t most_memory = 64 << 20;

  // −1: memory only, as much as it takes. `fd` stays the caller's.
  explicit SpoolRoom(int fd, std::uint64_t memory = most_memory) : fd_(fd), memory_(memory) {}
  SpoolRoom(const SpoolRoom&) = delete;
  SpoolRoom& operator=(const SpoolRoom&) = delete;

  // Samples that are kept until they are given back.
  class Chunk {
   private:
    friend class SpoolRoom;
    std::vector<float> samples_;  // empty when they are in the file
    std::size_t count_ = 0;
    std::uint64_t offset_ = 0;
  };

  // Empty when memory is full and `may_spill` is not set. Errors: storage_full, unavailable.
  Result<std::optional<Chunk>> keep(std::vector<float> samples, bool may_spill);
  // Good while the chunk is kept and `scratch` is not changed. Errors: unavailable.
  Result<const float*> read(const Chunk& chunk, std::vector<float>& scratch) const;
  void give_back(const Chunk& chunk);

 private:
  int fd_;
  std::uint64_t memory_;
  std::uint64_t in_memory_ = 0;  // bytes
  std::uint64_t file_end_ = 0;
  std::multimap<std::uint64_t, std::uint64_t> free_;  // places in the file: size, offset
};

}  // namespace soundbite::media
