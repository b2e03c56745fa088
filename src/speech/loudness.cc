#include "speech/loudness.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace soundbite {

namespace {

constexpr float knee = 0.7f;      // of full scale; below it loud is only louder
constexpr float ceiling = 0.89f;  // −1 dB: lossy encoders overshoot what they are given

// Monotone, with a continuous slope, and never above the ceiling.
float bend(float sample) {
  const float size = std::abs(sample);
  if (size <= knee) return sample;
  return std::copysign(knee + (ceiling - knee) * std::tanh((size - knee) / (ceiling - knee)), sample);
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

std::optional<double> speech_level_db(std::span<const float> samples, int sample_rate) {
  const auto length = static_cast<std::size_t>(std::max(1, sample_rate / 50));
  std::vector<double> powers;
  for (; samples.size() >= length; samples = samples.subspan(length)) {
    double sum = 0;
    for (const float sample : samples.first(length)) sum += static_cast<double>(sample) * static_cast<double>(sample);
    powers.push_back(sum / static_cast<double>(length));
  }
  const double loudest = powers.empty() ? 0 : *std::ranges::max_element(powers);
  double sum = 0;
  std::size_t count = 0;
  for (const double power : powers) {
    if (power < loudest / 100) continue;
    sum += power;
    ++count;
  }
  if (loudest < 1e-6 || count < 15) return std::nullopt;
  return 10 * std::log10(sum / static_cast<double>(count));
}

double Leveller::gain_for(std::span<const float> samples, int sample_rate) {
  constexpr double part = 0.6;   // of the difference: a sentence said softly stays a little softer
  constexpr double largest = 3;  // dB
  constexpr double memory = 8;   // utterances
  const auto level = speech_level_db(samples, sample_rate);
  if (!level) return 0;
  const double gain = heard_ == 0 ? 0 : std::clamp(part * (mean_db_ - *level), -largest, largest);
  heard_ = std::min(heard_ + 1, memory);
  mean_db_ += (*level - mean_db_) / heard_;
  return gain;
}

}  // namespace soundbite
