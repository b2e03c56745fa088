// Samples that are kept for a while, and parts of blocks.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "media/block.h"
#include "media/planar.h"

namespace soundbite::media {

// A queue of frames: they come in behind and leave in front. For one thread.
class PlanarBuffer {
 public:
  explicit PlanarBuffer(int channels) : samples_(static_cast<std::size_t>(channels)) {}

  std::size_t frames() const { return samples_[0].size() - front_; }
  std::size_t channels() const { return samples_.size(); }
  float* channel(std::size_t c) { return samples_[c].data() + front_; }

  void append(const AudioBlock& block) {
    for (std::size_t c = 0; c < samples_.size(); ++c) {
      samples_[c].insert(samples_[c].end(), block.channels[c], block.channels[c] + block.frames);
    }
  }
  void append_silence(std::size_t count) {
    for (auto& channel : samples_) channel.resize(channel.size() + count);
  }
  void drop(std::size_t count) {
    front_ += count;
    if (front_ < samples_[0].size() && front_ < (1U << 14)) return;  // moved seldom, so that it costs little
    for (auto& channel : samples_)
      channel.erase(channel.begin(), channel.begin() + static_cast<std::ptrdiff_t>(front_));
    front_ = 0;
  }
  void clear() { drop(frames()); }

  // Good until the next change.
  AudioBlock view(std::size_t first, std::size_t count) {
    for (std::size_t c = 0; c < samples_.size(); ++c) pointers_[c] = channel(c) + first;
    return {.channels = {pointers_.data(), samples_.size()}, .frames = count};
  }
  AudioBlock all() { return view(0, frames()); }

 private:
  std::vector<std::vector<float>> samples_;
  std::size_t front_ = 0;
  std::array<const float*, max_planes> pointers_{};
};

// A part of a block; good while the block is.
class Slice {
 public:
  Slice(const AudioBlock& block, std::size_t first, std::size_t count)
      : channels_(block.channels.size()), count_(count) {
    for (std::size_t c = 0; c < channels_; ++c) pointers_[c] = block.channels[c] + first;
  }
  AudioBlock block() const { return {.channels = {pointers_.data(), channels_}, .frames = count_}; }

 private:
  std::array<const float*, max_planes> pointers_{};
  std::size_t channels_;
  std::size_t count_;
};

}  // namespace soundbite::media
