// Audio that can be played from its start: a source, or what operations make of one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/block.h"

namespace soundbite::media {

struct Playable {
  AudioFormat format;
  std::function<Result<void>(const BlockSink&)> play;  // the whole of it
  bool repeatable = true;                              // may be played more than once, with the same result
};

// Makes one operation's processor anew.
struct Step {
  std::function<Result<std::unique_ptr<Processor>>()> make;
  std::size_t operation = 0;  // of the recipe
};

// What is known of operations that left nothing.
struct Emptied {
  std::optional<std::size_t> by;  // index in the recipe
};

// Plays `from` through the steps, each made anew every time. `to` is the format that comes out. `emptied` outlives it.
// `alive` is called for every block between any two of them: what operations hand on after the last of `from` may take
// minutes.
Playable through(Playable from, std::vector<Step> steps, AudioFormat to, Emptied& emptied, std::function<void()> alive);

}  // namespace soundbite::media
