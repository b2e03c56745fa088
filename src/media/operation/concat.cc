#include "media/operation/concat.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "media/decibel.h"
#include "media/refusal.h"

namespace soundbite::media {

Concat::Concat(AudioFormat format, std::vector<RecipeFile> files, double crossfade_s, SpoolRoom& room)
    : format_(format),
      files_(std::move(files)),
      crossfade_(frames_of(crossfade_s, format.sample_rate)),
      held_(room, format.channels) {}

Result<void> Concat::push(const AudioBlock& block, const BlockSink& out) { return hold(block, out); }

Result<void> Concat::hold(const AudioBlock& block, const BlockSink& out) {
  made_ += block.frames;
  if (crossfade_ == 0) return out(block);
  if (auto done = held_.append(block); !done) return done;
  return held_.frames() > crossfade_ ? held_.take(held_.frames() - crossfade_, out) : Result<void>{};
}

Result<void> Concat::finish(const BlockSink& out) {
  for (const RecipeFile& file : files_) {
    if (auto done = append(file, out); !done) return done;
  }
  return held_.take(held_.frames(), out);
}

Result<void> Concat::append(const RecipeFile& file, const BlockSink& out) {
  auto recording = RecipeRecording::open(file, format_);
  if (!recording) return std::unexpected(std::move(recording.error()));
  PlanarBuffer head(format_.channels);
  bool joined = held_.frames() == 0;
  const auto take = [&](const AudioBlock& block) -> Result<void> {
    if (static_cast<double>(made_ + block.frames) > file.limits.max_seconds * format_.sample_rate) {
      return refuse(file.input.pointer, "too_long",
                    "with this file the audio is longer than " + std::to_string(std::lround(file.limits.max_seconds)) +
                        " seconds; leave files out");
    }
    if (joined) return hold(block, out);
    head.append(block);
    if (head.frames() < held_.frames()) return {};
    joined = true;
    return join(head, out);
  };
  for (;;) {
    auto more = recording->next(take);
    if (!more) return std::unexpected(std::move(more.error()));
    if (!*more) break;
  }
  return joined ? Result<void>{} : join(head, out);
}

// Mixes what is held with the start of the next file, which has begun in `head`.
Result<void> Concat::join(PlanarBuffer& head, const BlockSink& out) {
  const std::size_t both = std::min<std::uint64_t>(held_.frames(), head.frames());
  if (auto done = held_.take(held_.frames() - both, out); !done) return done;
  std::size_t at = 0;
  const auto mix = [&](const AudioBlock& block) -> Result<void> {
    for (std::size_t i = 0; i < block.frames; ++i, ++at) {
      const double angle = (static_cast<double>(at) + 0.5) / static_cast<double>(both) * std::numbers::pi / 2;
      const auto falling = static_cast<float>(std::cos(angle));
      const auto rising = static_cast<float>(std::sin(angle));
      for (std::size_t c = 0; c < head.channels(); ++c) {
        head.channel(c)[at] = block.channels[c][i] * falling + head.channel(c)[at] * rising;
      }
    }
    return {};
  };
  if (auto done = held_.take(both, mix); !done) return done;
  made_ -= both;  // they were counted when they came
  return hold(head.all(), out);
}

}  // namespace soundbite::media
