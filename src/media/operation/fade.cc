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

Fade::Fade(AudioFormat format, const operation::Fade& fade, SpoolRoom& room)
    : format_(format),
      curve_(fade.curve),
      in_(frames_of(fade.in_s, format.sample_rate)),
      out_(frames_of(fade.out_s, format.sample_rate)),
      faded_(format.channels),
      held_(room, format.channels) {}

// `height_at` answers how far up the way each frame is. Good until the next call.
template <class Height>
AudioBlock Fade::faded(const AudioBlock& block, Height height_at) {
  faded_.clear();
  faded_.append(block);
  for (std::size_t i = 0; i < block.frames; ++i) {
    const auto gain = static_cast<float>(fade_gain(curve_, height_at(i)));
    for (std::size_t c = 0; c < faded_.channels(); ++c) faded_.channel(c)[i] *= gain;
  }
  return faded_.all();
}

Result<void> Fade::push(const AudioBlock& block, const BlockSink& out) {
  const std::size_t rising = std::min<std::uint64_t>(block.frames, in_ - std::min(in_, position_));
  if (rising > 0) {
    const auto height = [&](std::size_t i) { return static_cast<double>(position_ + i) / static_cast<double>(in_); };
    if (auto done = hold(faded(Slice(block, 0, rising).block(), height), out); !done) return done;
  }
  position_ += block.frames;
  return rising < block.frames ? hold(Slice(block, rising, block.frames - rising).block(), out) : Result<void>{};
}

Result<void> Fade::hold(const AudioBlock& block, const BlockSink& out) {
  if (out_ == 0) return out(block);
  if (auto done = held_.append(block); !done) return done;
  return held_.frames() > out_ ? held_.take(held_.frames() - out_, out) : Result<void>{};
}

Result<void> Fade::finish(const BlockSink& out) {
  const std::uint64_t length = held_.frames();
  std::uint64_t left = length;
  return held_.take(length, [&](const AudioBlock& block) {
    const auto height = [&](std::size_t i) { return static_cast<double>(left - 1 - i) / static_cast<double>(length); };
    const AudioBlock falling = faded(block, height);
    left -= block.frames;
    return out(falling);
  });
}

}  // namespace soundbite::media
