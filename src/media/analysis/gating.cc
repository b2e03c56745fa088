#include "media/analysis/gating.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace soundbite::media {

namespace {

constexpr double absolute_gate = -70;       // LUFS
constexpr double integrated_gate_lu = -10;  // below the mean of what passed the absolute gate
constexpr double range_gate_lu = -20;

// Of the powers at or above `gate`; 0 when there are none.
double mean_from(std::span<const float> powers, double gate) {
  double sum = 0;
  std::size_t count = 0;
  for (const float power : powers) {
    if (static_cast<double>(power) < gate) continue;
    sum += static_cast<double>(power);
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

// Where the gate of both measures lies; none when nothing passes the absolute one.
std::optional<double> relative_gate(std::span<const float> powers, double below_lu) {
  const double mean = mean_from(powers, power_of(absolute_gate));
  if (mean == 0) return {};
  return std::max(power_of(absolute_gate), mean * std::pow(10, below_lu / 10));
}

}  // namespace

std::optional<double> loudness_of(double power) {
  if (!(power > 0) || !std::isfinite(power)) return {};
  return -0.691 + 10 * std::log10(power);
}

double power_of(double loudness) { return std::pow(10, (loudness + 0.691) / 10); }

std::optional<double> integrated_loudness(std::span<const float> powers) {
  const auto gate = relative_gate(powers, integrated_gate_lu);
  if (!gate) return {};
  return loudness_of(mean_from(powers, *gate));
}

std::optional<double> loudness_range(std::span<const float> powers) {
  const auto gate = relative_gate(powers, range_gate_lu);
  if (!gate) return {};
  std::vector<float> kept;
  kept.reserve(powers.size());
  std::ranges::copy_if(powers, std::back_inserter(kept),
                       [&](float power) { return static_cast<double>(power) >= *gate; });
  if (kept.empty()) return {};
  const auto at = [&](double share) {
    const auto nth = kept.begin() + std::lround(share * static_cast<double>(kept.size() - 1));
    std::ranges::nth_element(kept, nth);
    return static_cast<double>(*nth);
  };
  return 10 * std::log10(at(0.95) / at(0.10));
}

}  // namespace soundbite::media
