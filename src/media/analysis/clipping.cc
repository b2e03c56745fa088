#include "media/analysis/clipping.h"

#include <algorithm>
#include <cmath>

namespace soundbite::media {

namespace {

constexpr float full_scale = 0.999F;
constexpr std::uint64_t shortest_run = 3;

}  // namespace

Clipping::Clipping(AudioFormat format)
    : format_(format), loops_(&kernels()), open_(static_cast<std::size_t>(format.channels)) {}

void Clipping::push(const AudioBlock& block) {
  for (std::size_t c = 0; c < open_.size(); ++c) {
    if (open_[c].length == 0 && loops_->peak(block.channels[c], block.frames) < full_scale) continue;
    look(block, c);
  }
  frames_ += block.frames;
}

void Clipping::look(const AudioBlock& block, std::size_t channel) {
  const float* samples = block.channels[channel];
  Open& open = open_[channel];
  for (std::size_t i = 0; i < block.frames; ++i) {
    const bool full = std::abs(samples[i]) >= full_scale;
    const bool positive = samples[i] > 0;
    if (open.length > 0 && (!full || positive != open.positive)) close(channel, frames_ + i);
    if (!full) continue;
    open.positive = positive;
    ++open.length;
  }
}

void Clipping::finish() {
  for (std::size_t c = 0; c < open_.size(); ++c) close(c, frames_);
}

void Clipping::close(std::size_t channel, std::uint64_t end_frame) {
  const std::uint64_t length = std::exchange(open_[channel].length, 0);
  if (length < shortest_run) return;
  ++runs_;
  samples_ += length;
  if (listed_.size() == max_listed) return;
  const double rate = format_.sample_rate;
  listed_.push_back({static_cast<double>(end_frame - length) / rate, static_cast<double>(end_frame) / rate,
                     static_cast<int>(channel)});
}

}  // namespace soundbite::media
