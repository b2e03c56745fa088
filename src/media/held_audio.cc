#include "media/held_audio.h"

#include <algorithm>
#include <array>
#include <utility>

#include "media/planar.h"

namespace soundbite::media {

HeldAudio::HeldAudio(SpoolRoom& room, int channels) : room_(room), channels_(static_cast<std::size_t>(channels)) {}

HeldAudio::~HeldAudio() {
  for (const auto& chunk : stored_) room_.give_back(chunk);
}

Result<void> HeldAudio::append(const AudioBlock& block) {
  for (std::size_t done = 0; done < block.frames;) {
    newest_.resize(channels_ * chunk_frames);
    const std::size_t now = std::min(block.frames - done, chunk_frames - filled_);
    for (std::size_t c = 0; c < channels_; ++c) {
      std::copy_n(block.channels[c] + done, now, newest_.data() + c * chunk_frames + filled_);
    }
    filled_ += now;
    done += now;
    if (filled_ < chunk_frames) continue;
    auto kept = room_.keep(std::exchange(newest_, {}), true);
    if (!kept) return std::unexpected(std::move(kept.error()));
    stored_.push_back(std::move(**kept));
    filled_ = 0;
  }
  return {};
}

Result<void> HeldAudio::take(std::uint64_t count, const BlockSink& out) {
  while (count > 0) {
    const float* oldest = newest_.data();
    if (!stored_.empty()) {
      if (!oldest_) {
        auto read = room_.read(stored_.front(), read_);
        if (!read) return std::unexpected(std::move(read.error()));
        oldest_ = *read;
      }
      oldest = oldest_;
    }
    const std::size_t now = in_oldest(count);
    std::array<const float*, max_planes> planes{};
    for (std::size_t c = 0; c < channels_; ++c) planes[c] = oldest + c * chunk_frames + taken_;
    if (auto done = out({.channels = {planes.data(), channels_}, .frames = now}); !done) return done;
    pass(now);
    count -= now;
  }
  return {};
}

void HeldAudio::drop(std::uint64_t count) {
  while (count > 0) {
    const std::size_t now = in_oldest(count);
    pass(now);
    count -= now;
  }
}

std::size_t HeldAudio::in_oldest(std::uint64_t count) const {
  return std::min<std::uint64_t>(count, (stored_.empty() ? filled_ : chunk_frames) - taken_);
}

void HeldAudio::pass(std::size_t count) {
  taken_ += count;
  if (stored_.empty()) {
    if (taken_ == filled_) taken_ = filled_ = 0;
  } else if (taken_ == chunk_frames) {
    room_.give_back(stored_.front());
    stored_.pop_front();
    oldest_ = nullptr;
    taken_ = 0;
  }
}

}  // namespace soundbite::media
