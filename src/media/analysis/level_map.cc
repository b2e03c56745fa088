#include "media/analysis/level_map.h"

#include <algorithm>
#include <cmath>

namespace soundbite::media {

namespace {

constexpr std::size_t steps_a_window = 5;  // 50 ms: shorter than a syllable, longer than a period of a voice

std::optional<double> decibels(double power) {
  if (!(power > 0) || !std::isfinite(power)) return {};
  return 10 * std::log10(power);
}

}  // namespace

LevelMap::LevelMap(AudioFormat format)
    : format_(format),
      loops_(&kernels()),
      open_(static_cast<std::size_t>(format.channels)),
      sums_(static_cast<std::size_t>(format.channels)),
      step_frames_(step_end(0)),
      powers_(static_cast<std::size_t>(format.channels)) {}

std::size_t LevelMap::step_end(std::size_t step) const {
  return (step + 1) * static_cast<std::size_t>(format_.sample_rate) / steps_a_second;
}

void LevelMap::push(const AudioBlock& block) {
  for (std::size_t at = 0; at < block.frames;) {
    const std::size_t n = std::min(block.frames - at, step_frames_ - filled_);
    for (std::size_t c = 0; c < open_.size(); ++c) {
      const Moments moments = loops_->moments(block.channels[c] + at, n);
      open_[c].sum += moments.sum;
      open_[c].squares += moments.squares;
    }
    filled_ += n;
    at += n;
    if (filled_ == step_frames_) end_step();
  }
}

void LevelMap::finish() {
  if (filled_ > 0) end_step();
}

void LevelMap::end_step() {
  for (std::size_t c = 0; c < open_.size(); ++c) {
    powers_[c].push_back(static_cast<float>(open_[c].squares / static_cast<double>(filled_)));
    sums_[c] += open_[c].sum;
    open_[c] = {};
  }
  frames_ += filled_;
  filled_ = 0;
  step_frames_ = step_end(steps()) - step_end(steps() - 1);
}

double LevelMap::loudest(std::size_t step) const {
  float result = 0;
  for (const auto& powers : powers_) result = std::max(result, powers[step]);
  return static_cast<double>(result);
}

Levels LevelMap::levels() const {
  std::vector<float> windows;  // digital silence is no noise floor: it is left out
  windows.reserve(steps() / steps_a_window + 1);
  double total = 0;
  for (std::size_t i = 0; i < steps(); i += steps_a_window) {
    const std::size_t end = std::min(i + steps_a_window, steps());
    double sum = 0;
    for (std::size_t k = i; k < end; ++k) sum += loudest(k);
    total += sum;
    if (sum > 0) windows.push_back(static_cast<float>(sum / static_cast<double>(end - i)));
  }
  if (windows.empty()) return {};
  const auto percentile = [&](double share) {
    const auto nth = windows.begin() + std::lround(share * static_cast<double>(windows.size() - 1));
    std::ranges::nth_element(windows, nth);
    return decibels(static_cast<double>(*nth));
  };
  return {percentile(0.1), percentile(0.9), decibels(total / static_cast<double>(steps()))};
}

std::vector<Stretch> LevelMap::silences(double threshold_db, double minimum_s) const {
  const double threshold = std::pow(10, threshold_db / 10);
  const double rate = format_.sample_rate;
  std::vector<Stretch> found;
  std::optional<std::size_t> begun;
  const auto end_at = [&](std::size_t step) {
    if (!begun) return;
    const auto start_frame = *begun == 0 ? 0 : step_end(*begun - 1);
    const auto end_frame = step == 0 ? 0 : std::min(step_end(step - 1), frames_);
    const Stretch stretch{static_cast<double>(start_frame) / rate, static_cast<double>(end_frame) / rate};
    if (stretch.end_s - stretch.start_s >= minimum_s) found.push_back(stretch);
    begun.reset();
  };
  for (std::size_t step = 0; step < steps(); ++step) {
    if (loudest(step) > threshold) {
      end_at(step);
    } else if (!begun) {
      begun = step;
    }
  }
  end_at(steps());
  return found;
}

std::vector<double> LevelMap::dc_offsets() const {
  std::vector<double> offsets;
  offsets.reserve(sums_.size());
  for (const double sum : sums_) offsets.push_back(frames_ == 0 ? 0 : sum / static_cast<double>(frames_));
  return offsets;
}

}  // namespace soundbite::media
