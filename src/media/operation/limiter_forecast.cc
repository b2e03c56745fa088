#include "media/operation/limiter_forecast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/operation/limiter.h"

namespace soundbite::media {
namespace {

// As long as the limiter looks ahead.
constexpr std::size_t windows_ahead = 2;
constexpr double window_s = Limiter::lookahead_s / windows_ahead;

}  // namespace

LimiterForecast::LimiterForecast(AudioFormat format)
    : filter_(k_filter(format.sample_rate)),
      channels_(static_cast<std::size_t>(format.channels)),
      window_frames_(std::max<std::size_t>(1, static_cast<std::size_t>(format.sample_rate * window_s))) {
  for (std::size_t c = 0; c < channels_.size(); ++c) channels_[c].weight = channel_weight(format.channels, c);
}

void LimiterForecast::push(const AudioBlock& block) {
  for (std::size_t done = 0; done < block.frames;) {
    if (filled_ == 0) windows_.emplace_back();
    const std::size_t now = std::min(block.frames - done, window_frames_ - filled_);
    Window& window = windows_.back();
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      const float* samples = block.channels[c] + done;
      window.peak = std::max(window.peak, loops_->peak(samples, now));
      auto& [weight, state] = channels_[c];
      if (weight > 0) {
        window.energy += static_cast<float>(weight * loops_->weighted_energy(filter_, state, samples, now));
      }
    }
    done += now;
    filled_ = (filled_ + now) % window_frames_;
  }
}

// GainCurve, a window at a time: the lowest gain wanted over the look-ahead, released slowly, then its mean over as
// long.
double LimiterForecast::loss(double gain, double ceiling) const {
  static_assert(windows_ahead == 2, "three windows are touched by one look-ahead: two of them by half");
  const double release = 1 - std::exp(-window_s / Limiter::release_s);
  const double highest = ceiling / gain;
  double before = 0, after = 0;
  std::array<double, windows_ahead + 1> wanted{1, 1, 1}, released{1, 1, 1};  // the newest first
  for (std::size_t newest = 0; newest < windows_.size() + windows_ahead; ++newest) {
    const double peak = newest < windows_.size() ? static_cast<double>(windows_[newest].peak) : 0;
    wanted = {peak > highest ? highest / peak : 1.0, wanted[0], wanted[1]};
    const double lowest = std::min({wanted[0], wanted[1], wanted[2]});
    released = {std::min(released[0] + (1 - released[0]) * release, lowest), released[0], released[1]};
    if (newest < windows_ahead) continue;
    const double factor = (released[0] + 2 * released[1] + released[2]) / 4;
    const auto energy = static_cast<double>(windows_[newest - windows_ahead].energy);
    before += energy;
    after += energy * factor * factor;
  }
  return after > 0 ? 10 * std::log10(before / after) : 0;
}

}  // namespace soundbite::media
