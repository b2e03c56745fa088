// The cases of EBU Tech 3341 (1–6 and 9–19) and Tech 3342 (1–4) that are made of sines, at three rates.
#include <gmock/gmock.h>

#include "media/analysis/loudness_meter.h"
#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

struct Step {
  double dbfs;
  double seconds;
};

Samples steps(int rate, std::initializer_list<Step> steps, int repeat = 1) {
  Samples samples;
  for (int i = 0; i < repeat; ++i) {
    for (const Step& step : steps) append_sine(samples, rate, 1'000, step.seconds, step.dbfs);
  }
  return samples;
}

LoudnessResult measure(int rate, const std::vector<Samples>& channels, LoudnessOptions options = {}) {
  LoudnessMeter meter({rate, static_cast<int>(channels.size())}, options);
  push_all(meter, channels);
  return meter.result();
}

LoudnessResult stereo(int rate, const Samples& samples, LoudnessOptions options = {}) {
  return measure(rate, {samples, samples}, options);
}

class Ebu3341 : public testing::TestWithParam<int> {};
class Ebu3342 : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(at, Ebu3341, testing::Values(44'100, 48'000, 96'000), testing::PrintToStringParamName());
INSTANTIATE_TEST_SUITE_P(at, Ebu3342, testing::Values(44'100, 48'000, 96'000), testing::PrintToStringParamName());

TEST_P(Ebu3341, cases_1_and_2_steady_tones) {
  for (const double level : {-23.0, -33.0}) {
    const LoudnessResult result = stereo(GetParam(), steps(GetParam(), {{level, 20}}), {.series = true});
    EXPECT_NEAR(*result.integrated, level, 0.1);
    EXPECT_NEAR(*result.max_momentary, level, 0.1);
    EXPECT_NEAR(*result.max_short_term, level, 0.1);
    for (std::size_t second = 3; second < 20; ++second) {
      EXPECT_NEAR(result.momentary[second], level, 0.1);
      EXPECT_NEAR(result.short_term[second], level, 0.1);
    }
  }
}

TEST_P(Ebu3341, case_3_the_relative_gate) {
  EXPECT_NEAR(*stereo(GetParam(), steps(GetParam(), {{-36, 10}, {-23, 60}, {-36, 10}})).integrated, -23, 0.1);
}

TEST_P(Ebu3341, case_4_both_gates) {
  const auto samples = steps(GetParam(), {{-72, 10}, {-36, 10}, {-23, 60}, {-36, 10}, {-72, 10}});
  EXPECT_NEAR(*stereo(GetParam(), samples).integrated, -23, 0.1);
}

TEST_P(Ebu3341, case_5_no_gate_between_near_levels) {
  EXPECT_NEAR(*stereo(GetParam(), steps(GetParam(), {{-26, 20}, {-20, 20.1}, {-26, 20}})).integrated, -23, 0.1);
}

TEST_P(Ebu3341, case_6_five_channels) {
  const auto front = steps(GetParam(), {{-28, 20}});
  const auto centre = steps(GetParam(), {{-24, 20}});
  const auto around = steps(GetParam(), {{-30, 20}});
  EXPECT_NEAR(*measure(GetParam(), {front, front, centre, around, around}).integrated, -23, 0.1);
  // The same with an effects channel, which counts for nothing.
  const auto effects = steps(GetParam(), {{-6, 20}});
  EXPECT_NEAR(*measure(GetParam(), {front, front, centre, effects, around, around}).integrated, -23, 0.1);
}

TEST_P(Ebu3341, case_9_short_term_of_a_pattern_of_three_seconds) {
  const auto samples = steps(GetParam(), {{-20, 1.34}, {-30, 1.66}}, 5);
  const LoudnessResult result = stereo(GetParam(), samples, {.series = true});
  EXPECT_NEAR(*result.max_short_term, -23, 0.1);
  for (std::size_t second = 3; second < 15; ++second) EXPECT_NEAR(result.short_term[second], -23, 0.1);
}

TEST_P(Ebu3341, case_10_short_term_of_three_seconds_wherever_they_begin) {
  for (int i = 0; i < 20; ++i) {
    Samples samples;
    append_silence(samples, GetParam(), i * 0.15);
    append_sine(samples, GetParam(), 1'000, 3, -23);
    append_silence(samples, GetParam(), 1);
    EXPECT_NEAR(*stereo(GetParam(), samples).max_short_term, -23, 0.1) << i;
  }
}

TEST_P(Ebu3341, case_11_short_term_follows_each_louder_tone) {
  Samples samples;
  LoudnessMeter meter({GetParam(), 2}, {});
  for (int i = 0; i < 20; ++i) {
    samples.clear();
    append_silence(samples, GetParam(), i * 0.15);
    append_sine(samples, GetParam(), 1'000, 3, -38 + i);
    append_silence(samples, GetParam(), 3 - i * 0.15);
    push_all(meter, {samples, samples});
    EXPECT_NEAR(*meter.result().max_short_term, -38 + i, 0.1);
  }
}

TEST_P(Ebu3341, case_12_momentary_of_a_pattern_of_400_ms) {
  const auto samples = steps(GetParam(), {{-20, 0.18}, {-30, 0.22}}, 25);
  const LoudnessResult result = stereo(GetParam(), samples, {.series = true});
  EXPECT_NEAR(*result.max_momentary, -23, 0.1);
  for (const double momentary : result.momentary) EXPECT_NEAR(momentary, -23, 0.1);
}

TEST_P(Ebu3341, case_13_momentary_of_400_ms_wherever_they_begin) {
  for (int i = 0; i < 20; ++i) {
    Samples samples;
    append_silence(samples, GetParam(), i * 0.02);
    append_sine(samples, GetParam(), 1'000, 0.4, -23);
    append_silence(samples, GetParam(), 1);
    EXPECT_NEAR(*stereo(GetParam(), samples).max_momentary, -23, 0.1) << i;
  }
}

TEST_P(Ebu3341, case_14_momentary_follows_each_louder_tone) {
  Samples samples;
  LoudnessMeter meter({GetParam(), 2}, {});
  for (int i = 0; i < 20; ++i) {
    samples.clear();
    append_silence(samples, GetParam(), i * 0.02);
    append_sine(samples, GetParam(), 1'000, 0.4, -38 + i);
    append_silence(samples, GetParam(), 0.4 - i * 0.02);
    push_all(meter, {samples, samples});
    EXPECT_NEAR(*meter.result().max_momentary, -38 + i, 0.1);
  }
}

TEST_P(Ebu3341, cases_15_to_19_true_peaks_between_samples) {
  struct Case {
    int divisor;
    double degrees;
    double amplitude;
    double expected;
  };
  for (const Case& one : {Case{4, 0, 0.5, -6}, Case{4, 45, 0.5, -6}, Case{6, 60, 0.5, -6}, Case{8, 67.5, 0.5, -6},
                          Case{4, 45, 1.41, 3}}) {
    Samples samples;
    const double phase = one.degrees * std::numbers::pi / 180;
    append_sine(samples, GetParam(), double(GetParam()) / one.divisor, 1, 20 * std::log10(one.amplitude), phase);
    // A tone that begins at its full level has frequencies of its own there: the cases fade in and out.
    for (std::size_t i = 0; i < 1'000; ++i) {
      const float fade = static_cast<float>(i) / 1'000;
      samples[i] *= fade;
      samples[samples.size() - 1 - i] *= fade;
    }
    const double peak = *stereo(GetParam(), samples).true_peak;
    EXPECT_LE(peak, one.expected + 0.2) << one.divisor << " at " << one.degrees;
    EXPECT_GE(peak, one.expected - 0.4) << one.divisor << " at " << one.degrees;
  }
}

TEST_P(Ebu3342, cases_1_to_3_two_levels) {
  EXPECT_NEAR(*stereo(GetParam(), steps(GetParam(), {{-20, 20}, {-30, 20}})).range, 10, 1);
  EXPECT_NEAR(*stereo(GetParam(), steps(GetParam(), {{-20, 20}, {-15, 20}})).range, 5, 1);
  EXPECT_NEAR(*stereo(GetParam(), steps(GetParam(), {{-40, 20}, {-20, 20}})).range, 20, 1);
}

TEST_P(Ebu3342, case_4_five_levels) {
  const auto samples = steps(GetParam(), {{-50, 20}, {-35, 20}, {-20, 20}, {-35, 20}, {-50, 20}});
  EXPECT_NEAR(*stereo(GetParam(), samples).range, 15, 1);
}

}  // namespace
}  // namespace soundbite::media
