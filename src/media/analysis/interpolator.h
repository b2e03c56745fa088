// Samples between the samples, for true peaks (ITU-R BS.1770-4, annex 2). Pure numbers.
#pragma once

#include <array>
#include <cstddef>

namespace soundbite::media {

// A windowed sinc of 49 taps, cut into the filters that make one position between two samples each.
struct Interpolator {
  static constexpr std::size_t max_taps = 24;
  std::size_t positions = 0;                         // between two samples: 3, 1 from 96 kHz on, 0 from 192 kHz on
  std::size_t taps = 0;                              // of each position: 12 or 24
  std::array<std::array<float, max_taps>, 3> tap{};  // [position][k], for the sample k before the newest
  float bound = 1;  // no value between samples is larger than the samples' peak times this
};

Interpolator interpolator(int sample_rate);

}  // namespace soundbite::media
