#include "speech/loudness.h"

#include <algorithm>
#include <cmath>

namespace soundbite {

namespace {

constexpr float knee = 0.8f;  // of full scale; below it loud is only louder

// Monotone, with a continuous slope, and never above 1.
float bend(float sample) {
  const float size = std::abs(sample);
  if (size <= knee) return sample;
  return std::copysign(knee + (1 - knee) * std::tanh((size - knee) / (1 - knee)), sample);
}

}  // namespace

void apply_volume(std::span<float> samples, double gain_db) {
  if (gain_db == 0) return;
  const auto gain = static_cast<float>(std::pow(10.0, gain_db / 20));
  for (float& sample : samples) sample = gain > 1 ? bend(sample * gain) : sample * gain;
}

void fade_in(std::span<float> samples, std::size_t length) {
  length = std::min(length, samples.size());
  for (std::size_t i = 0; i < length; ++i) samples[i] *= static_cast<float>(i) / static_cast<float>(length);
}

void fade_out(std::span<float> samples, std::size_t length) {
  length = std::min(length, samples.size());
  for (std::size_t i = 0; i < length; ++i)
    samples[samples.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(length);
}

bool all_finite(std::span<const float> samples) {
  return std::ranges::all_of(samples, [](float sample) { return std::isfinite(sample); });
}

}  // namespace soundbite
