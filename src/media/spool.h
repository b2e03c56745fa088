// PCM that is kept between two passes.
#pragma once

#include <cstdint>
#include <memory>

#include "media/playable.h"

namespace soundbite::media {

// What one process may keep: memory first, then a file. For one thread.
class SpoolRoom {
 public:
  // −1: memory only. `fd` stays the caller's.
  explicit SpoolRoom(int fd) : fd_(fd) {}

 private:
  friend class Spool;
  int fd_;
  std::uint64_t file_end_ = 0;
  std::uint64_t in_memory_ = 0;  // bytes of all spools that live
};

// Plays `from` once, hands every block to `heard` too, and answers with the same audio to be played again: from what
// was kept of it, or, where there is no room, `from` itself. What cannot be repeated is kept whatever it takes.
// `on_played` hears 0–1 while it is played from what was kept. Errors: those of `from` and of `heard`; storage_full,
// unavailable.
Result<Playable> keep(const Playable& from, SpoolRoom& room, const BlockSink& heard,
                      std::function<void(double)> on_played);

}  // namespace soundbite::media
