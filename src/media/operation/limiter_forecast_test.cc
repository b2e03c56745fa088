#include "media/operation/limiter_forecast.h"

#include <gmock/gmock.h>

#include "media/analysis/loudness_meter.h"
#include "media/decibel.h"
#include "media/operation/limiter.h"
#include "media/processor_test.h"

namespace soundbite::media {
namespace {

constexpr AudioFormat stereo{48'000, 2};

AudioBlock block_of(const Planar& samples, std::vector<const float*>& planes) {
  for (const auto& channel : samples) planes.push_back(channel.data());
  return {.channels = planes, .frames = samples[0].size()};
}

double loudness(const Planar& samples) {
  LoudnessMeter meter(stereo, {.true_peak = false});
  std::vector<const float*> planes;
  meter.push(block_of(samples, planes));
  return *meter.result().integrated;
}

TEST(LimiterForecast, tells_what_the_limiter_takes) {
  const Planar samples = {syllables(10, 0.3, 48'000), syllables(10, 0.25, 48'000)};
  LimiterForecast forecast(stereo);
  std::vector<const float*> planes;
  const AudioBlock all = block_of(samples, planes);
  for (std::size_t at = 0; at < all.frames; at += 1'152) {
    forecast.push(Slice(all, at, std::min<std::size_t>(1'152, all.frames - at)).block());
  }
  for (const double gain_db : {0.0, 10.0, 14.0, 18.0, 22.0}) {
    Limiter limiter(stereo, from_db(gain_db), from_db(-1));
    const double taken = loudness(samples) + gain_db - loudness(run(limiter, samples));
    EXPECT_NEAR(forecast.loss(from_db(gain_db), from_db(-1)), taken, 0.3) << gain_db;
  }
}

}  // namespace
}  // namespace soundbite::media
