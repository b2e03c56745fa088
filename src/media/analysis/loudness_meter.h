// Loudness as ITU-R BS.1770-4 and EBU R 128 measure it, in one pass.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "media/block.h"

namespace soundbite::media {

struct LoudnessOptions {
  bool true_peak = true;
  bool series = false;     // keep momentary and short-term values, one a second
  bool dual_mono = false;  // one channel counts as two of the same: 3.01 dB more
};

// LUFS and dBTP; an empty value could not be measured. Never inf or NaN.
struct LoudnessResult {
  bool silent = true;      // nothing above −90 dBFS
  bool too_short = false;  // under 400 ms: `integrated` is from the plain mean square, without gates
  std::optional<double> integrated;
  std::optional<double> range;  // LU, EBU Tech 3342
  std::optional<double> true_peak;
  std::optional<double> sample_peak;  // dBFS
  std::optional<double> max_momentary;
  std::optional<double> max_short_term;
  double interval_s = 1;          // of the series
  std::vector<double> momentary;  // −70 where there is less
  std::vector<double> short_term;
};

// For one thread. Momentary values hop by 10 ms (EBU Tech 3341, cases 12–14).
class LoudnessMeter {
 public:
  LoudnessMeter(AudioFormat format, LoudnessOptions options);
  ~LoudnessMeter();
  LoudnessMeter(LoudnessMeter&&) noexcept;
  LoudnessMeter& operator=(LoudnessMeter&&) noexcept;

  void push(const AudioBlock& block);
  // What was pushed until now.
  LoudnessResult result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace soundbite::media
