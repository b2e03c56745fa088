#include "media/operation/limiter_forecast.h"

#include <algorithm>
#include <cmath>

#include "media/operation/limiter.h"

namespace soundbite::media {

LimiterForecast::LimiterForecast(AudioFormat format)
    : window_frames_(std::max<std::size_t>(1, static_cast<std::size_t>(format.sample_rate * Limiter::lookahead_s))) {}

void LimiterForecast::push(const AudioBlock& block) {
  for (std::size_t done = 0; done < block.frames;) {
    if (filled_ == 0) windows_.emplace_back();
    const std::size_t now = std::min(block.frames - done, window_frames_ - filled_);
    Window& window = windows_.back();
    for (const float* channel : block.channels) {
      float peak = 0, energy = 0;
      for (std::size_t i = done; i < done + now; ++i) {
        peak = std::max(peak, std::abs(channel[i]));
        energy += channel[i] * channel[i];
      }
      window.peak = std::max(window.peak, peak);
      window.energy += energy;
    }
    done += now;
    filled_ = (filled_ + now) % window_frames_;
  }
}

double LimiterForecast::loss(double gain, double ceiling) const {
  const double release = 1 - std::exp(-Limiter::lookahead_s / Limiter::release_s);
  const double highest = ceiling / gain;
  double before = 0, after = 0, factor = 1;
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    // The gain comes down one window ahead of its peak.
    const double peak =
        static_cast<double>(std::max(windows_[i].peak, windows_[std::min(i + 1, windows_.size() - 1)].peak));
    factor = std::min(factor + (1 - factor) * release, peak > highest ? highest / peak : 1.0);
    const auto energy = static_cast<double>(windows_[i].energy);
    before += energy;
    after += energy * factor * factor;
  }
  return after > 0 ? 10 * std::log10(before / after) : 0;
}

}  // namespace soundbite::media
