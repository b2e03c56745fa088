// Which gain brings audio to a loudness under a ceiling. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/analysis/loudness_meter.h"
#include "media/operation/limiter_forecast.h"
#include "media/playable.h"

namespace soundbite::media {

struct LevelTarget {
  double lufs = -16;
  double true_peak_dbtp = -1.5;
  double headroom_db = 0;  // kept under the true peak for what encoding adds to it
  double added_db = 0;     // what the encoder will add to the level
};

struct Level {
  double gain_db = 0;
  std::optional<double> ceiling_dbtp;  // a limiter is needed; none: gain alone does it
  std::string reason;                  // why the target will not be reached; empty: it will
};

// `measured` and `forecast` are of the same audio. A limiter is used only where gain alone would pass the ceiling; the
// gain then makes good what it takes. It takes 12 dB from the highest peak at most, so that speech is not crushed.
Level find_level(const LoudnessResult& measured, const LimiterForecast& forecast, const LevelTarget& target);

// Empty where nothing is to be done.
std::vector<Step> level_steps(const Level& level, AudioFormat format, std::size_t operation);

}  // namespace soundbite::media
