#include "media/operation/limiter.h"

#include <gmock/gmock.h>

#include "media/analysis/loudness_meter.h"
#include "media/decibel.h"
#include "media/processor_test.h"

namespace soundbite::media {
namespace {

double true_peak(const Planar& samples, int rate) {
  LoudnessMeter meter({rate, static_cast<int>(samples.size())}, {});
  std::vector<const float*> planes;
  for (const auto& channel : samples) planes.push_back(channel.data());
  meter.push({.channels = planes, .frames = samples[0].size()});
  return *meter.result().true_peak;
}

TEST(Limiter, does_nothing_below_the_ceiling) {
  const Planar input = {sine(48'000, 1, 440, 0.3), sine(48'000, 1, 990, 0.2)};
  Limiter limiter({48'000, 2}, 1, 0.9);
  EXPECT_EQ(run(limiter, input), input);
}

TEST(Limiter, keeps_true_peaks_under_the_ceiling_at_every_rate) {
  for (const int rate : {8'000, 22'050, 44'100, 48'000, 96'000, 192'000}) {
    const Planar input = {syllables(2, 0.5, rate), sine(rate, 2, rate / 4.0, 0.4)};
    Limiter limiter({rate, 2}, from_db(12), from_db(-2));
    const Planar output = run(limiter, input);
    EXPECT_EQ(output[0].size(), input[0].size());
    EXPECT_LE(true_peak(output, rate), -1.95) << rate;
    EXPECT_GE(true_peak(output, rate), -2.5) << rate;
  }
}

TEST(Limiter, moves_no_sample) {
  Planar input = {std::vector<float>(20'000, 0.0F)};
  input[0][7'777] = 4.0F;
  Limiter limiter({48'000, 1}, 1, 0.5);
  const auto output = run(limiter, input, 100)[0];
  ASSERT_EQ(output.size(), 20'000);
  EXPECT_NEAR(output[7'777], 0.5, 0.01);
  EXPECT_EQ(std::ranges::count_if(output, [](float s) { return s != 0; }), 1);
}

TEST(Limiter, gives_the_same_in_blocks_of_any_length) {
  const Planar input = {syllables(1, 1, 48'000)};
  Limiter small({48'000, 1}, 4, 0.7), large({48'000, 1}, 4, 0.7);
  const auto a = run(small, input, 64)[0];
  const auto b = run(large, input, 64 * 100)[0];
  EXPECT_EQ(a, b);
}

TEST(GainCurve, never_gives_more_than_any_frame_of_its_window_wants) {
  constexpr std::size_t lookahead = 50;
  GainCurve curve(lookahead, 300);
  std::vector<float> wanted(5'000, 1.0F);
  for (std::size_t i = 500; i < wanted.size(); i += 1 + i * 7 % 613) wanted[i] = static_cast<float>(i % 97 + 1) / 100;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const float gain = curve.next(wanted[i]);
    if (i >= lookahead) ASSERT_LE(gain, wanted[i - lookahead] + 1e-6F) << i;
  }
}

}  // namespace
}  // namespace soundbite::media
