// The K-weighting of ITU-R BS.1770-4 at any sample rate: a shelf for the head, then a high-pass. Pure numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace soundbite::media {

// Both filters as they are defined, for one sample after the other.
struct KCoefficients {
  std::array<double, 3> shelf_b;
  std::array<double, 2> shelf_a;  // a1, a2; a0 is 1
  std::array<double, 2> high_a;   // the high-pass's b is 1, −2, 1
};

using KState = std::array<double, 4>;  // all 0 at the start

// A filter's next output depends on its last one, so a processor waits for most of its time. What depends on nothing is
// the answer to eight samples and a state at once: sums of columns below, each times one sample or one part of the
// state.
struct KFilter {
  static constexpr std::size_t step = 8;
  KCoefficients one;
  alignas(32) std::array<std::array<double, step>, step> output_of_sample;  // [sample][output]
  alignas(32) std::array<std::array<double, step>, 4> output_of_state;
  alignas(32) std::array<std::array<double, 4>, step> state_of_sample;
  alignas(32) std::array<std::array<double, 4>, 4> state_of_state;
};

KCoefficients k_coefficients(int sample_rate);
KFilter k_filter(int sample_rate);

inline double k_step(const KCoefficients& k, KState& state, double x) {
  const double y = k.shelf_b[0] * x + state[0];
  state[0] = k.shelf_b[1] * x - k.shelf_a[0] * y + state[1];
  state[1] = k.shelf_b[2] * x - k.shelf_a[1] * y;
  const double z = y + state[2];
  state[2] = -2 * y - k.high_a[0] * z + state[3];
  state[3] = y - k.high_a[1] * z;
  return z;
}

// How much a channel counts: 1; 1.41 where it surrounds (60°–120°); 0 for low-frequency effects. `channels` in libav's
// default order of that number.
double channel_weight(int channels, std::size_t channel);

}  // namespace soundbite::media
