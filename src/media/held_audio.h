// Audio that an operation holds back until it knows what becomes of it.
#pragma once

#include <deque>
#include <vector>

#include "media/block.h"
#include "media/spool_room.h"

namespace soundbite::media {

// A queue of frames as long as it must be: what has no room in memory waits in the room's file. For one thread.
class HeldAudio {
 public:
  // `room` outlives it.
  HeldAudio(SpoolRoom& room, int channels);
  ~HeldAudio();
  HeldAudio(const HeldAudio&) = delete;
  HeldAudio& operator=(const HeldAudio&) = delete;

  std::uint64_t frames() const { return stored_.size() * chunk_frames + filled_ - taken_; }

  // Errors: storage_full, unavailable.
  Result<void> append(const AudioBlock& block);
  // Hands on the oldest `count` frames, block by block, and holds them no longer. Errors: unavailable; those of `out`.
  Result<void> take(std::uint64_t count, const BlockSink& out);
  void drop(std::uint64_t count);
  void clear() { drop(frames()); }

 private:
  // Frames of the oldest chunk, at most `count`.
  std::size_t in_oldest(std::uint64_t count) const;
  void pass(std::size_t count);

  SpoolRoom& room_;
  std::size_t channels_;
  std::deque<SpoolRoom::Chunk> stored_;  // whole ones
  std::vector<float> newest_;            // empty until there is something to hold
  std::size_t filled_ = 0;               // of the newest
  std::size_t taken_ = 0;                // of the oldest
  std::vector<float> read_;              // the oldest, when it was in the file
  const float* oldest_ = nullptr;        // once it was read
};

}  // namespace soundbite::media
