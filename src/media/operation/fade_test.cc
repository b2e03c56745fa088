#include "media/operation/fade.h"

#include <gmock/gmock.h>

#include "media/processor_test.h"

namespace soundbite::media {
namespace {

using operation::FadeCurve;

TEST(Fade, every_curve_rises_from_nothing_to_the_whole) {
  for (const auto curve : {FadeCurve::linear, FadeCurve::sine, FadeCurve::exponential, FadeCurve::logarithmic}) {
    EXPECT_NEAR(fade_gain(curve, 0), 0, 1e-9);
    EXPECT_NEAR(fade_gain(curve, 1), 1, 1e-9);
    for (double t = 0; t < 1; t += 0.01) EXPECT_LT(fade_gain(curve, t), fade_gain(curve, t + 0.01));
  }
}

TEST(Fade, changes_only_its_two_ends) {
  const std::vector<float> input(10'000, 1.0F);
  SpoolRoom room(-1);
  Fade fade({1'000, 1}, {.in_s = 1, .out_s = 2}, room);
  const auto output = run(fade, {input})[0];
  ASSERT_EQ(output.size(), input.size());
  EXPECT_EQ(output[0], 0);
  EXPECT_NEAR(output[500], 0.5, 1e-3);
  EXPECT_EQ(part(output, 1'000, 8'000), part(input, 1'000, 8'000));
  EXPECT_NEAR(output[9'000], 0.5, 1e-3);
  EXPECT_EQ(output[9'999], 0);
}

TEST(Fade, longer_than_the_audio_fades_over_all_of_it) {
  SpoolRoom room(-1);
  Fade fade({1'000, 1}, {.out_s = 60}, room);
  const auto output = run(fade, {std::vector<float>(101, 1.0F)})[0];
  ASSERT_EQ(output.size(), 101);
  EXPECT_NEAR(output[50], 0.5, 0.01);
  EXPECT_EQ(output[100], 0);
}

}  // namespace
}  // namespace soundbite::media
