#include "media/analysis/loudness_meter.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

using testing::DoubleNear;
using testing::Optional;

LoudnessResult measure(int rate, const std::vector<Samples>& channels, LoudnessOptions options = {},
                       std::size_t block_frames = 1'024) {
  LoudnessMeter meter({rate, static_cast<int>(channels.size())}, options);
  push_all(meter, channels, block_frames);
  return meter.result();
}

TEST(LoudnessMeter, reads_a_mono_sine_three_lu_below_its_level_and_dual_mono_adds_them_again) {
  Samples sine;
  append_sine(sine, 48'000, 1'000, 5, -23);
  EXPECT_THAT(measure(48'000, {sine}).integrated, Optional(DoubleNear(-26.0, 0.05)));
  EXPECT_NEAR(*measure(48'000, {sine}, {.dual_mono = true}).integrated - *measure(48'000, {sine}).integrated, 3.0103,
              0.0001);
}

TEST(LoudnessMeter, does_not_depend_on_how_samples_come_in_blocks) {
  Samples noise;
  append_noise(noise, 44'100, 4, -10);
  const LoudnessResult whole = measure(44'100, {noise}, {}, noise.size());
  const LoudnessResult pieces = measure(44'100, {noise}, {}, 37);
  EXPECT_EQ(whole.integrated, pieces.integrated);
  EXPECT_EQ(whole.range, pieces.range);
  EXPECT_EQ(whole.true_peak, pieces.true_peak);
  EXPECT_EQ(whole.max_momentary, pieces.max_momentary);
}

TEST(LoudnessMeter, says_that_399_ms_are_too_short_and_measures_their_mean_square) {
  Samples sine;
  append_sine(sine, 48'000, 1'000, 0.399, -20);
  const LoudnessResult result = measure(48'000, {sine, sine});
  EXPECT_TRUE(result.too_short);
  EXPECT_FALSE(result.silent);
  EXPECT_THAT(result.integrated, Optional(DoubleNear(-20, 0.1)));
  EXPECT_EQ(result.range, std::nullopt);
  EXPECT_EQ(result.max_momentary, std::nullopt);
  append_sine(sine, 48'000, 1'000, 0.001, -20);
  EXPECT_FALSE(measure(48'000, {sine, sine}).too_short);
}

TEST(LoudnessMeter, measures_one_sample) {
  const LoudnessResult result = measure(48'000, {{0.5F}});
  EXPECT_TRUE(result.too_short);
  EXPECT_THAT(result.sample_peak, Optional(DoubleNear(-6.02, 0.01)));
  EXPECT_NE(result.integrated, std::nullopt);
}

TEST(LoudnessMeter, has_no_value_for_silence_or_for_nothing) {
  const LoudnessResult silence = measure(48'000, {Samples(48'000), Samples(48'000)}, {.series = true});
  EXPECT_TRUE(silence.silent);
  EXPECT_FALSE(silence.too_short);
  EXPECT_EQ(silence.integrated, std::nullopt);
  EXPECT_EQ(silence.true_peak, std::nullopt);
  EXPECT_THAT(silence.momentary, testing::ElementsAre(-70.0));
  const LoudnessResult nothing = LoudnessMeter({48'000, 1}, {}).result();
  EXPECT_TRUE(nothing.silent);
  EXPECT_TRUE(nothing.too_short);
}

TEST(LoudnessMeter, keeps_one_value_a_second_when_asked) {
  Samples sine;
  append_sine(sine, 48'000, 1'000, 4.5, -23);
  const LoudnessResult result = measure(48'000, {sine, sine}, {.series = true});
  ASSERT_EQ(result.momentary.size(), 4U);
  EXPECT_NEAR(result.momentary[0], -23, 0.1);
  EXPECT_EQ(result.short_term[1], -70);
  EXPECT_NEAR(result.short_term[2], -23, 0.1);
}

TEST(LoudnessMeter, gives_no_number_that_is_none_for_samples_far_over_full_scale) {
  const LoudnessResult result = measure(48'000, {Samples(48'000, 3e38F), Samples(48'000, -3e38F)}, {.series = true});
  for (const auto& value :
       {result.integrated, result.range, result.true_peak, result.sample_peak, result.max_momentary}) {
    EXPECT_TRUE(!value || std::isfinite(*value));
  }
}

}  // namespace
}  // namespace soundbite::media
