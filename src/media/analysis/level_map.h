// How loud a recording is at each moment, in steps of 10 ms, and what follows from that: silences, the level of what is
// said, the noise behind it.
#pragma once

#include <optional>
#include <vector>

#include "media/analysis/kernels.h"
#include "media/block.h"

namespace soundbite::media {

struct Stretch {
  double start_s = 0;
  double end_s = 0;
  bool operator==(const Stretch&) const = default;
};

// dBFS of mean squares; none where there is nothing but digital silence, or nothing at all.
struct Levels {
  std::optional<double> noise_floor;   // the 10th percentile of windows of 50 ms
  std::optional<double> speech_level;  // their 90th percentile
  std::optional<double> rms;           // of all
};

// For one thread. An hour takes 1.4 MB for each channel.
class LevelMap {
 public:
  static constexpr std::size_t steps_a_second = 100;

  explicit LevelMap(AudioFormat format);

  void push(const AudioBlock& block);
  void finish();  // the last step may be shorter

  // The mean squares of one channel, step by step.
  const std::vector<float>& powers(std::size_t channel) const { return powers_[channel]; }
  std::size_t steps() const { return powers_.empty() ? 0 : powers_[0].size(); }
  std::size_t frames() const { return frames_; }
  double duration_s() const { return static_cast<double>(frames_) / format_.sample_rate; }

  Levels levels() const;
  // Where no channel is above `threshold_db` for `minimum_s` or longer.
  std::vector<Stretch> silences(double threshold_db, double minimum_s) const;
  // Of each channel, −1…1.
  std::vector<double> dc_offsets() const;

 private:
  void end_step();
  double loudest(std::size_t step) const;  // mean square of the channel that is loudest there
  std::size_t step_end(std::size_t step) const;

  AudioFormat format_;
  const Kernels* loops_;
  std::vector<Moments> open_;  // of the step that fills
  std::vector<double> sums_;   // of each channel
  std::size_t filled_ = 0;
  std::size_t step_frames_ = 0;  // of the step that fills
  std::size_t frames_ = 0;
  std::vector<std::vector<float>> powers_;  // of each channel
};

}  // namespace soundbite::media
