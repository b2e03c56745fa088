#include "media/operation/limiter.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace soundbite::media {
namespace {

// Frames that are looked at together: short, so that one peak makes few be filtered.
constexpr std::size_t stretch = 64;

std::size_t lookahead_of(int sample_rate) {
  return std::max<std::size_t>(Interpolator::max_taps, static_cast<std::size_t>(sample_rate * Limiter::lookahead_s));
}

}  // namespace

GainCurve::GainCurve(std::size_t lookahead, double release_frames)
    : lookahead_(lookahead),
      release_(static_cast<float>(1 - std::exp(-1 / release_frames))),
      calm_(lookahead + 2),
      window_(lookahead + 1, 1.0F),
      sum_(static_cast<double>(window_.size())) {}

float GainCurve::next(float wanted) {
  if (wanted >= 1 && calm_ > lookahead_ + 1) return 1;
  ++index_;
  while (!lowest_.empty() && lowest_.back().second >= wanted) lowest_.pop_back();
  lowest_.emplace_back(index_, wanted);
  if (lowest_.front().first + lookahead_ < index_) lowest_.pop_front();
  const float lowest = lowest_.front().second;
  constexpr float as_good_as_one = 0.9999F;
  released_ += (1 - released_) * release_;
  if (released_ > as_good_as_one) released_ = 1;
  released_ = std::min(released_, lowest);
  float& oldest = window_[index_ % window_.size()];
  sum_ += static_cast<double>(released_) - static_cast<double>(oldest);
  oldest = released_;
  calm_ = released_ >= 1 && wanted >= 1 ? calm_ + 1 : 0;
  if (calm_ > lookahead_ + 1) {
    lowest_.clear();
    sum_ = static_cast<double>(window_.size());
  }
  return std::min(1.0F, static_cast<float>(sum_ / static_cast<double>(window_.size())));
}

Limiter::Limiter(AudioFormat format, double gain, double ceiling)
    : format_(format),
      gain_(static_cast<float>(gain)),
      ceiling_(static_cast<float>(ceiling)),
      filter_(interpolator(format.sample_rate)),
      delay_(filter_.taps / 2 + lookahead_of(format.sample_rate)),
      curve_(lookahead_of(format.sample_rate), release_s * format.sample_rate),
      held_(format.channels),
      to_skip_(delay_) {
  held_.append_silence(delay_);
}

Result<void> Limiter::push(const AudioBlock& block, const BlockSink& out) {
  const std::size_t before = held_.frames();
  held_.append(block);
  for (std::size_t c = 0; c < held_.channels(); ++c) {
    float* samples = held_.channel(c) + before;
    for (std::size_t i = 0; i < block.frames; ++i) samples[i] *= gain_;
  }
  return advance(out);
}

Result<void> Limiter::finish(const BlockSink& out) {
  held_.append_silence(delay_);
  return advance(out);
}

Result<void> Limiter::advance(const BlockSink& out) {
  const std::size_t count = held_.frames() - delay_;
  gains_.resize(count);
  for (std::size_t first = 0; first < count; first += stretch) find_gains(first, std::min(stretch, count - first));
  if (std::ranges::any_of(gains_, [](float gain) { return gain < 1; })) {
    for (std::size_t c = 0; c < held_.channels(); ++c) {
      float* samples = held_.channel(c);
      for (std::size_t i = 0; i < count; ++i) samples[i] *= gains_[i];
    }
  }
  const std::size_t skip = std::min(to_skip_, count);
  to_skip_ -= skip;
  auto done = count > skip ? out(held_.view(skip, count - skip)) : Result<void>{};
  held_.drop(count);
  return done;
}

// Gains for the frames [first, first + count) of held_: those that leave when the frames delay_ behind them have come.
void Limiter::find_gains(std::size_t first, std::size_t count) {
  const std::size_t newest = first + delay_;
  const std::size_t looked_at = newest - filter_.taps / 2;
  between_.assign(count, 0.0F);
  bool calm = true;
  for (std::size_t c = 0; c < held_.channels(); ++c) {
    const float* samples = held_.channel(c);
    float peak = 0;
    for (std::size_t i = newest - filter_.taps; i < newest + count; ++i) peak = std::max(peak, std::abs(samples[i]));
    if (peak * filter_.bound <= ceiling_) continue;
    calm = false;
    find_peaks(c, newest, count);
  }
  for (std::size_t i = 0; i < count; ++i) {
    float highest = 0;
    if (!calm) {
      highest = std::max(between_[i], between_before_);
      for (std::size_t c = 0; c < held_.channels(); ++c) {
        highest = std::max(highest, std::abs(held_.channel(c)[looked_at + i]));
      }
    }
    between_before_ = between_[i];
    gains_[first + i] = curve_.next(highest > ceiling_ ? ceiling_ / highest : 1.0F);
  }
}

// The largest values between each frame half a filter before the newest and the one behind it.
void Limiter::find_peaks(std::size_t c, std::size_t newest, std::size_t count) {
  std::array<float, stretch> value{};
  for (std::size_t position = 0; position < filter_.positions; ++position) {
    value.fill(0);
    for (std::size_t k = 0; k < filter_.taps; ++k) {
      const float tap = filter_.tap[position][k];
      const float* samples = held_.channel(c) + newest - k;
      for (std::size_t i = 0; i < count; ++i) value[i] += tap * samples[i];
    }
    for (std::size_t i = 0; i < count; ++i) between_[i] = std::max(between_[i], std::abs(value[i]));
  }
}

}  // namespace soundbite::media
