// For tests: signals made of sines and noise, pushed in blocks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include "media/block.h"

namespace soundbite::media {

using Samples = std::vector<float>;

inline double amplitude_of(double db) { return std::pow(10, db / 20); }

// Appends; a sine's phase goes on from `samples`' beginning, so that steps of level do not click.
inline void append_sine(Samples& samples, int rate, double hz, double seconds, double peak_dbfs, double phase = 0) {
  const auto count = static_cast<std::size_t>(std::lround(seconds * rate));
  samples.reserve(samples.size() + count);
  for (std::size_t i = 0; i < count; ++i) {
    const double turn = hz * static_cast<double>(samples.size()) / rate;
    samples.push_back(static_cast<float>(amplitude_of(peak_dbfs) * std::sin(2 * std::numbers::pi * turn + phase)));
  }
}

inline void append_silence(Samples& samples, int rate, double seconds) {
  samples.resize(samples.size() + static_cast<std::size_t>(std::lround(seconds * rate)));
}

// Uniform noise, always the same for a seed.
inline void append_noise(Samples& samples, int rate, double seconds, double peak_dbfs, std::uint64_t seed = 1) {
  const auto count = static_cast<std::size_t>(std::lround(seconds * rate));
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double unit = static_cast<double>(static_cast<std::int64_t>(seed) >> 11) / static_cast<double>(1LL << 52);
    samples.push_back(static_cast<float>(amplitude_of(peak_dbfs) * unit));
  }
}

// All channels of one length, to anything with push(AudioBlock).
template <class Meter>
void push_all(Meter& meter, const std::vector<Samples>& channels, std::size_t block_frames = 1'024) {
  const std::size_t frames = channels.at(0).size();
  std::vector<const float*> pointers(channels.size());
  for (std::size_t at = 0; at < frames; at += block_frames) {
    for (std::size_t c = 0; c < channels.size(); ++c) pointers[c] = channels[c].data() + at;
    meter.push(AudioBlock{pointers, std::min(block_frames, frames - at)});
  }
}

}  // namespace soundbite::media
