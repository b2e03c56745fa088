#include "media/analysis/true_peak.h"

#include <algorithm>

namespace soundbite::media {

namespace {

// Short enough that loud moments are few, long enough that looking costs less than filtering.
constexpr std::size_t stretch = 64;

}  // namespace

void TruePeak::push(const float* samples, std::size_t count, bool between) {
  float before = kernels_->peak(samples - interpolator_reach, interpolator_reach);
  for (std::size_t at = 0; at < count; at += stretch) {
    const std::size_t n = std::min(stretch, count - at);
    const float peak = kernels_->peak(samples + at, n);
    at_samples_ = std::max(at_samples_, peak);
    value_ = std::max(value_, peak);
    // Most of a recording is far below its peaks: what cannot pass them is not filtered.
    if (between && std::max(before, peak) * filter_.bound > value_) {
      value_ = std::max(value_, kernels_->peak_between(filter_, samples + at, n));
    }
    before = peak;
  }
}

}  // namespace soundbite::media
