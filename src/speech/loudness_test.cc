#include "speech/loudness.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

TEST(Volume, at_zero_changes_nothing) {
  std::vector<float> samples{0.1f, -0.95f, 1.0f};
  const auto before = samples;
  apply_volume(samples, 0);
  EXPECT_EQ(samples, before);
}

TEST(Volume, multiplies_quiet_samples_exactly) {
  std::vector<float> samples{0.1f, -0.2f};
  apply_volume(samples, 6.0206);
  EXPECT_THAT(samples, ElementsAre(FloatNear(0.2f, 1e-5f), FloatNear(-0.4f, 1e-5f)));
  apply_volume(samples, -20);
  EXPECT_THAT(samples, ElementsAre(FloatNear(0.02f, 1e-5f), FloatNear(-0.04f, 1e-5f)));
}

TEST(Volume, bends_loud_samples_towards_one_decibel_below_full_scale_and_keeps_their_order) {
  std::vector<float> samples;
  for (int i = -1000; i <= 1000; ++i) samples.push_back(static_cast<float>(i) / 1000);
  apply_volume(samples, 24);
  EXPECT_TRUE(std::ranges::is_sorted(samples));
  EXPECT_LE(samples.back(), 0.8901f);
  EXPECT_GE(samples.front(), -0.8901f);
}

TEST(Fade, begins_and_ends_in_silence) {
  std::vector<float> samples(10, 1.0f);
  fade_in(samples, 4);
  fade_out(samples, 4);
  EXPECT_THAT(samples, ElementsAre(0, 0.25f, 0.5f, 0.75f, 1, 1, 0.75f, 0.5f, 0.25f, 0));
}

TEST(Fade, of_a_few_samples_stays_inside_them) {
  std::vector<float> samples(2, 1.0f);
  fade_in(samples, 100);
  fade_out(samples, 100);
  EXPECT_EQ(samples[0], 0);
  EXPECT_EQ(samples[1], 0);
  fade_in({}, 5);
}

TEST(Finite, is_told_from_not_a_number_and_infinity) {
  EXPECT_TRUE(all_finite(std::vector<float>{0, 1, -1}));
  EXPECT_FALSE(all_finite(std::vector<float>{0, std::numeric_limits<float>::quiet_NaN()}));
  EXPECT_FALSE(all_finite(std::vector<float>{std::numeric_limits<float>::infinity()}));
}

std::vector<float> tone(double level_db, double seconds, int rate = 8000) {
  std::vector<float> samples;
  const double amplitude = std::sqrt(2.0) * std::pow(10, level_db / 20);
  for (int i = 0; i < static_cast<int>(seconds * rate); ++i)
    samples.push_back(static_cast<float>(amplitude * std::sin(i * 0.7)));
  return samples;
}

TEST(SpeechLevel, does_not_count_pauses) {
  auto samples = tone(-20, 1);
  samples.resize(samples.size() * 3);
  EXPECT_NEAR(speech_level_db(samples, 8000).value(), -20, 0.1);
}

TEST(SpeechLevel, is_not_judged_by_a_syllable_or_by_silence) {
  EXPECT_FALSE(speech_level_db(tone(-20, 0.2), 8000));
  EXPECT_FALSE(speech_level_db(std::vector<float>(8000), 8000));
  EXPECT_FALSE(speech_level_db({}, 8000));
}

TEST(Leveller, leaves_the_first_utterance_and_equal_ones_alone) {
  Leveller leveller;
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(leveller.gain_for(tone(-30, 1), 8000), 0, 0.01);
}

TEST(Leveller, brings_an_outlier_nearer_and_never_by_more_than_three_decibels) {
  Leveller leveller;
  leveller.gain_for(tone(-22, 1), 8000);
  EXPECT_NEAR(leveller.gain_for(tone(-25, 1), 8000), 1.8, 0.1);
  EXPECT_NEAR(leveller.gain_for(tone(-60, 1), 8000), 3, 1e-9);
  EXPECT_NEAR(leveller.gain_for(tone(-1, 1), 8000), -3, 1e-9);
}

}  // namespace
}  // namespace soundbite
