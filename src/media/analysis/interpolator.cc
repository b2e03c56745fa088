#include "media/analysis/interpolator.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace soundbite::media {

Interpolator interpolator(int sample_rate) {
  constexpr std::size_t length = 49;
  constexpr double middle = (length - 1) / 2.0;
  const std::size_t factor = sample_rate < 96'000 ? 4 : sample_rate < 192'000 ? 2 : 1;
  Interpolator result{.positions = factor - 1, .taps = (length - 1) / factor};
  if (factor == 1) result.taps = 0;
  for (std::size_t position = 0; position < result.positions; ++position) {
    double sum = 0;
    for (std::size_t k = 0; k < result.taps; ++k) {
      const double at = static_cast<double>(k * factor + position + 1);
      const double angle = (at - middle) * std::numbers::pi / static_cast<double>(factor);
      const double window = 0.5 * (1 - std::cos(2 * std::numbers::pi * at / (length - 1)));
      const double tap = angle == 0 ? window : std::sin(angle) / angle * window;
      result.tap[position][k] = static_cast<float>(tap);
      sum += std::abs(tap);
    }
    // A little more than the sum, since floats round.
    result.bound = std::max(result.bound, static_cast<float>(sum * 1.0001));
  }
  return result;
}

}  // namespace soundbite::media
