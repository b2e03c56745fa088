// Which gain brings audio to a loudness under a ceiling.
#pragma once

#include <optional>
#include <string>

#include "media/analysis/loudness_meter.h"
#include "media/playable.h"

namespace soundbite::media {

struct LevelTarget {
  double lufs = -16;
  double true_peak_dbtp = -1.5;
  bool dual_mono = false;
};

struct Level {
  double gain_db = 0;
  std::optional<double> ceiling_dbtp;  // a limiter is needed; none: gain alone does it
  std::optional<double> reached_lufs;  // none: silent
  std::string reason;                  // why the target is not reached; empty: it is
};

// `measured` is of `audio`, which is played again, through the limiter, only where gain alone would pass the ceiling:
// then up to three times, until what the limiter costs is made good. It takes off 12 dB at most, so that speech is not
// crushed.
Result<Level> find_level(const Playable& audio, const LoudnessResult& measured, const LevelTarget& target);

// Empty where nothing is to be done.
std::vector<Step> level_steps(const Level& level, AudioFormat format, std::size_t operation);

}  // namespace soundbite::media
