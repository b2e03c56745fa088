#include "media/spool.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "media/planar.h"

namespace soundbite::media {
namespace {

// Chunks of planar samples, channel behind channel.
class Spool {
 public:
  Spool(SpoolRoom& room, std::size_t channels) : room_(room), channels_(channels), newest_(channels * chunk_frames) {}
  ~Spool() {
    for (const auto& chunk : stored_) room_.give_back(chunk);
  }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  // False when there is no room and `must` is not set.
  Result<bool> push(const AudioBlock& block, bool must) {
    for (std::size_t done = 0; done < block.frames;) {
      const std::size_t now = std::min(block.frames - done, chunk_frames - filled_);
      for (std::size_t c = 0; c < channels_; ++c) {
        std::copy_n(block.channels[c] + done, now, newest_.data() + c * chunk_frames + filled_);
      }
      filled_ += now;
      done += now;
      frames_ += now;
      if (filled_ < chunk_frames) continue;
      auto kept = room_.keep(std::exchange(newest_, std::vector<float>(channels_ * chunk_frames)), must);
      if (!kept) return std::unexpected(std::move(kept.error()));
      if (!*kept) return false;
      stored_.push_back(std::move(**kept));
      filled_ = 0;
    }
    return true;
  }

  Result<void> play(const BlockSink& out, const std::function<void(double)>& on_played) const {
    std::vector<float> read;
    for (std::uint64_t done = 0, index = 0; done < frames_; ++index) {
      const std::size_t count = std::min<std::uint64_t>(chunk_frames, frames_ - done);
      auto chunk = index < stored_.size() ? room_.read(stored_[index], read) : Result<const float*>(newest_.data());
      if (!chunk) return std::unexpected(std::move(chunk.error()));
      std::array<const float*, max_planes> planes{};
      for (std::size_t c = 0; c < channels_; ++c) planes[c] = *chunk + c * chunk_frames;
      if (auto played = out({.channels = {planes.data(), channels_}, .frames = count}); !played) return played;
      done += count;
      on_played(static_cast<double>(done) / static_cast<double>(frames_));
    }
    return {};
  }

 private:
  SpoolRoom& room_;
  std::size_t channels_;
  std::vector<SpoolRoom::Chunk> stored_;  // whole ones
  std::vector<float> newest_;
  std::size_t filled_ = 0;
  std::uint64_t frames_ = 0;
};

}  // namespace

Result<Playable> keep(const Playable& from, SpoolRoom& room, const BlockSink& heard,
                      std::function<void(double)> on_played) {
  auto spool = std::make_shared<Spool>(room, static_cast<std::size_t>(from.format.channels));
  auto done = from.play([&](const AudioBlock& block) -> Result<void> {
    if (spool) {
      auto kept = spool->push(block, !from.repeatable);
      if (!kept) return std::unexpected(std::move(kept.error()));
      if (!*kept) spool.reset();
    }
    return heard(block);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  if (!spool) return from;
  return Playable{.format = from.format, .play = [spool, on_played = std::move(on_played)](const BlockSink& out) {
                    return spool->play(out, on_played);
                  }};
}

}  // namespace soundbite::media
