// For tests: a processor fed with whole audio, in blocks of odd lengths.
#pragma once

#include <array>
#include <stdexcept>
#include <vector>

#include "media/made_media_test.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

inline Planar run(Processor& processor, const Planar& input, std::size_t block_frames = 997) {
  Planar output(static_cast<std::size_t>(processor.output().channels));
  const BlockSink collect = [&](const AudioBlock& block) -> Result<void> {
    for (std::size_t c = 0; c < output.size(); ++c) {
      output[c].insert(output[c].end(), block.channels[c], block.channels[c] + block.frames);
    }
    return {};
  };
  std::vector<const float*> planes;
  for (const auto& channel : input) planes.push_back(channel.data());
  const AudioBlock all{.channels = planes, .frames = input[0].size()};
  for (std::size_t at = 0; at < all.frames; at += block_frames) {
    const Slice slice(all, at, std::min(block_frames, all.frames - at));
    require(processor.push(slice.block(), collect).has_value(), "push failed");
  }
  require(processor.finish(collect).has_value(), "finish failed");
  return output;
}

inline std::vector<float> part(const std::vector<float>& samples, std::size_t first, std::size_t last) {
  return {samples.begin() + static_cast<std::ptrdiff_t>(first), samples.begin() + static_cast<std::ptrdiff_t>(last)};
}

inline std::vector<float> joined(std::initializer_list<std::vector<float>> parts) {
  std::vector<float> all;
  for (const auto& p : parts) all.insert(all.end(), p.begin(), p.end());
  return all;
}

// Every sample another one.
inline std::vector<float> ramp(std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<float>(i % 30'000 + 1) / 32'768;
  return samples;
}

// Speech as a meter sees it: syllables, with peaks far above their mean.
inline std::vector<float> syllables(double seconds, double level, int sample_rate) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * sample_rate));
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    const double noise = static_cast<double>(state >> 8) / (1 << 23) - 1;
    const double t = static_cast<double>(i) / sample_rate;
    const double envelope = std::pow(std::abs(std::sin(2 * std::numbers::pi * 3 * t)), 4);
    const double voice = std::sin(2 * std::numbers::pi * 180 * t);
    samples[i] = static_cast<float>(level * envelope * (0.3 * noise * noise * noise + voice));
  }
  return samples;
}

}  // namespace soundbite::media
