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
// What a limiter takes from loudness while it takes this much from the highest peaks is not worth a pass: verifying
// finds the few cases where it is.
constexpr double light_limiting_db = 2;
constexpr double close_enough_lu = 0.2;
constexpr double tolerance_lu = 0.5;
constexpr int most_passes = 3;

Result<std::optional<double>> loudness_of(const Playable& audio, const Level& level, bool dual_mono) {
  LoudnessMeter meter(audio.format, {.true_peak = false, .dual_mono = dual_mono});
  Limiter limiter(audio.format, from_db(level.gain_db), from_db(*level.ceiling_dbtp));
  const BlockSink into_meter = [&](const AudioBlock& block) -> Result<void> {
    meter.push(block);
    return {};
  };
  auto done = audio.play([&](const AudioBlock& block) { return limiter.push(block, into_meter); });
  if (done) done = limiter.finish(into_meter);
  if (!done) return std::unexpected(std::move(done.error()));
  return meter.result().integrated;
}

}  // namespace

Result<Level> find_level(const Playable& audio, const LoudnessResult& measured, const LevelTarget& target) {
  if (measured.silent || !measured.integrated || !measured.true_peak) {
    return Level{.reason = "the audio is silent and stays as it is"};
  }
  Level level{.gain_db = target.lufs - *measured.integrated, .reached_lufs = target.lufs};
  if (*measured.true_peak + level.gain_db <= target.true_peak_dbtp) return level;
  const double most = target.true_peak_dbtp - *measured.true_peak + most_limiting_db;
  level.gain_db = std::min(level.gain_db, most);
  level.ceiling_dbtp = target.true_peak_dbtp;
  if (*measured.true_peak + level.gain_db <= target.true_peak_dbtp + light_limiting_db) return level;
  for (int pass = 1;; ++pass) {
    auto reached = loudness_of(audio, level, target.dual_mono);
    if (!reached) return std::unexpected(std::move(reached.error()));
    level.reached_lufs = *reached;
    if (!*reached) break;
    const double missing = target.lufs - **reached;
    const double more = std::min(missing, most - level.gain_db);
    if (std::abs(missing) <= close_enough_lu || std::abs(more) <= 0.01 || pass == most_passes) break;
    level.gain_db += more;
  }
  if (level.reached_lufs && target.lufs - *level.reached_lufs > tolerance_lu) {
    level.reason = "under a ceiling of " + one_decimal(target.true_peak_dbtp) + " dBTP it reaches " +
                   one_decimal(*level.reached_lufs) + " LUFS; more would take over " + one_decimal(most_limiting_db) +
                   " dB of limiting";
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
