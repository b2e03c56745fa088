#include "media/analysis/stereo_image.h"

#include <algorithm>
#include <cmath>

namespace soundbite::media {

namespace {

constexpr double different = 1e-5;  // −50 dB: what lossy coding leaves between equal channels is less
constexpr double opposite = -0.5;
constexpr std::size_t stretch = 4'096;  // what lanes of floats may sum

}  // namespace

void StereoImage::push(const AudioBlock& block) {
  for (std::size_t at = 0; at < block.frames; at += stretch) {
    const std::size_t n = std::min(stretch, block.frames - at);
    const float* left = block.channels[0] + at;
    const float* right = block.channels[1] + at;
    left_ += loops_->product(left, left, n);
    right_ += loops_->product(right, right, n);
    both_ += loops_->product(left, right, n);
  }
}

StereoFacts StereoImage::facts() const {
  const double scale = std::sqrt(left_) * std::sqrt(right_);
  if (!(scale > 0) || !std::isfinite(scale)) return {};
  const double correlation = std::clamp(both_ / scale, -1.0, 1.0);
  const double mid = left_ + right_ + 2 * both_;
  const double side = left_ + right_ - 2 * both_;
  return {correlation, mid > 0 && side < different * mid, correlation < opposite};
}

}  // namespace soundbite::media
