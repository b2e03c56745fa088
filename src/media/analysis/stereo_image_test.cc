#include "media/analysis/stereo_image.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

StereoFacts facts_of(const Samples& left, const Samples& right) {
  StereoImage image;
  push_all(image, {left, right});
  return image.facts();
}

Samples noise(std::uint64_t seed) {
  Samples samples;
  append_noise(samples, 48'000, 1, -10, seed);
  return samples;
}

Samples times(Samples samples, float factor) {
  for (float& sample : samples) sample *= factor;
  return samples;
}

TEST(StereoImage, knows_mono_in_two_channels_also_after_lossy_coding) {
  EXPECT_TRUE(facts_of(noise(1), noise(1)).mono_in_two_channels);
  EXPECT_NEAR(facts_of(noise(1), noise(1)).correlation, 1, 1e-9);
  Samples coded = noise(1);
  const Samples error = times(noise(2), 0.001F);
  for (std::size_t i = 0; i < coded.size(); ++i) coded[i] += error[i];
  EXPECT_TRUE(facts_of(noise(1), coded).mono_in_two_channels);
}

TEST(StereoImage, does_not_call_a_panned_voice_mono) {
  EXPECT_FALSE(facts_of(noise(1), times(noise(1), 0.9F)).mono_in_two_channels);
}

TEST(StereoImage, knows_channels_that_work_against_each_other) {
  EXPECT_TRUE(facts_of(noise(1), times(noise(1), -0.8F)).out_of_phase);
  EXPECT_NEAR(facts_of(noise(1), times(noise(1), -0.8F)).correlation, -1, 1e-6);
  EXPECT_FALSE(facts_of(noise(1), noise(2)).out_of_phase);
  EXPECT_NEAR(facts_of(noise(1), noise(2)).correlation, 0, 0.02);
}

TEST(StereoImage, says_nothing_of_silence) {
  const StereoFacts facts = facts_of(Samples(48'000), noise(1));
  EXPECT_EQ(facts_of(Samples(1'000), Samples(1'000)).correlation, 0);
  EXPECT_EQ(facts.correlation, 0);
  EXPECT_FALSE(facts.mono_in_two_channels);
}

}  // namespace
}  // namespace soundbite::media
