#include "media/levelling.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/decibel.h"
#include "media/numbers.h"
#include "media/operation/gain.h"
#include "media/operation/limiter.h"

namespace soundbite::media {
namespace {

constexpr double most_limiting_db = 12;
constexpr double tolerance_lu = 0.5;
constexpr int bisections = 12;  // to 0.003 dB

}  // namespace

Level find_level(const LoudnessResult& measured, const LimiterForecast& forecast, const LevelTarget& target) {
  if (measured.silent || !measured.integrated || !measured.true_peak) {
    return {.reason = "the audio is silent and stays as it is"};
  }
  Level level{.gain_db = target.lufs - target.added_db - *measured.integrated};
  const double ceiling = target.true_peak_dbtp - target.headroom_db - target.added_db;
  const double unlimited = ceiling - *measured.true_peak;  // the largest gain that needs no limiter
  if (level.gain_db <= unlimited) return level;
  level.ceiling_dbtp = ceiling;
  const auto reached = [&](double gain_db) {
    return *measured.integrated + gain_db + target.added_db - forecast.loss(from_db(gain_db), from_db(ceiling));
  };
  double low = unlimited, high = unlimited + most_limiting_db;
  for (int i = 0; i < bisections; ++i) {
    const double middle = (low + high) / 2;
    (reached(middle) < target.lufs ? low : high) = middle;
  }
  level.gain_db = high;
  if (const double lufs = reached(high); target.lufs - lufs > tolerance_lu) {
    const std::string kept_free =
        target.headroom_db > 0 ? ", with " + one_decimal(target.headroom_db) + " dB free for what encoding adds," : "";
    level.reason = "under a ceiling of " + one_decimal(target.true_peak_dbtp) + " dBTP" + kept_free +
                   " it reaches about " + one_decimal(lufs) + " LUFS; more would take over " +
                   one_decimal(most_limiting_db) + " dB of limiting";
  }
  return level;
}

std::vector<Step> level_steps(const Level& level, AudioFormat format, std::size_t operation) {
  const double gain = from_db(level.gain_db);
  if (level.ceiling_dbtp) {
    return {{[=]() -> Result<std::unique_ptr<Processor>> {
               return std::make_unique<Limiter>(format, gain, from_db(*level.ceiling_dbtp));
             },
             operation}};
  }
  if (level.gain_db == 0) return {};
  return {{[=]() -> Result<std::unique_ptr<Processor>> { return std::make_unique<Gain>(format, gain); }, operation}};
}

}  // namespace soundbite::media
