#include "media/operation/fade.h"

#include <numbers>
#include <utility>

#include "media/decibel.h"

namespace soundbite::media {
namespace {

// The exponential curve is a straight line in decibels from −60; the logarithmic one is its mirror.
constexpr double floor_factor = 1'000;

}  // namespace

double fade_gain(operation::FadeCurve curve, double t) {
  switch (curve) {
    case operation::FadeCurve::linear: return t;
    case operation::FadeCurve::sine: return std::sin(t * std::numbers::pi / 2);
    case operation::FadeCurve::exponential: return (std::pow(floor_factor, t) - 1) / (floor_factor - 1);
    case operation::FadeCurve::logarithmic: return std::log(1 + t * (floor_factor - 1)) / std::log(floor_factor);
  }
  std::unreachable();
}

Fade::Fade(AudioFormat format, const operation::Fade& fade)
    : format_(format),
      curve_(fade.curve),
      in_(frames_of(fade.in_s, format.sample_rate)),
      out_(frames_of(fade.out_s, format.sample_rate)),
      rising_(format.channels),
      held_(format.channels) {}

Result<void> Fade::push(const AudioBlock& block, const BlockSink& out) {
  const std::size_t rising = std::min<std::uint64_t>(block.frames, in_ - std::min(in_, position_));
  if (rising > 0) {
    rising_.clear();
    rising_.append(Slice(block, 0, rising).block());
    for (std::size_t i = 0; i < rising; ++i) {
      const double t = static_cast<double>(position_ + i) / static_cast<double>(in_);
      const auto gain = static_cast<float>(fade_gain(curve_, t));
      for (std::size_t c = 0; c < rising_.channels(); ++c) rising_.channel(c)[i] *= gain;
    }
    if (auto done = hold(rising_.all(), out); !done) return done;
  }
  position_ += block.frames;
  return rising < block.frames ? hold(Slice(block, rising, block.frames - rising).block(), out) : Result<void>{};
}

Result<void> Fade::hold(const AudioBlock& block, const BlockSink& out) {
  if (out_ == 0) return out(block);
  held_.append(block);
  if (held_.frames() <= out_) return {};
  const std::size_t ready = held_.frames() - out_;
  auto done = out(held_.view(0, ready));
  held_.drop(ready);
  return done;
}

Result<void> Fade::finish(const BlockSink& out) {
  const std::size_t length = held_.frames();
  for (std::size_t i = 0; i < length; ++i) {
    const double t = static_cast<double>(length - 1 - i) / static_cast<double>(length);
    const auto gain = static_cast<float>(fade_gain(curve_, t));
    for (std::size_t c = 0; c < held_.channels(); ++c) held_.channel(c)[i] *= gain;
  }
  return length > 0 ? out(held_.all()) : Result<void>{};
}

}  // namespace soundbite::media
