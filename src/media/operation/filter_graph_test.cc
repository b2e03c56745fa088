#include "media/operation/filter_graph.h"

#include <gmock/gmock.h>

#include "media/operation/steps.h"
#include "media/processor_test.h"

namespace soundbite::media {
namespace {

Planar filtered(const Operation& operation, const Planar& input, int rate = 48'000) {
  quieten_libav();
  SpoolRoom room(-1);
  auto steps = plan_steps(operation, 0, {rate, static_cast<int>(input.size())}, {}, room);
  require(steps.has_value(), "not planned");
  Planar samples = input;
  for (const PlannedStep& step : *steps) {
    auto processor = step.step.make();
    require(processor.has_value(), "not made");
    samples = run(**processor, samples);
  }
  return samples;
}

std::size_t loudest(const std::vector<float>& samples) {
  return static_cast<std::size_t>(std::ranges::max_element(samples, {}, [](float s) { return std::abs(s); }) -
                                  samples.begin());
}

TEST(Filters, highpass_and_lowpass_keep_their_side_in_place) {
  const Planar both = same_on_all(sine(48'000, 1, 100, 0.5), 2);
  EXPECT_LT(level_db(filtered(operation::Highpass{.hz = 1'000}, both)[0]), -40);
  EXPECT_NEAR(level_db(filtered(operation::Lowpass{.hz = 1'000}, both)[1]), level_db(both[1]), 0.1);
  EXPECT_EQ(filtered(operation::Highpass{}, both)[0].size(), 48'000);
}

TEST(Filters, a_lowpass_above_everything_changes_nothing) {
  const Planar input = {ramp(1'000)};
  EXPECT_EQ(filtered(operation::Lowpass{.hz = 12'000}, input, 16'000), input);
}

TEST(Filters, a_highpass_above_everything_is_refused) {
  SpoolRoom room(-1);
  const auto steps = plan_steps(operation::Highpass{.hz = 12'000}, 3, {16'000, 1}, {}, room);
  ASSERT_FALSE(steps);
  EXPECT_EQ(steps.error().fields.at(0).code, "not_for_this_audio");
  EXPECT_EQ(steps.error().fields.at(0).pointer, "/process/3/hz");
}

TEST(Filters, tempo_moves_every_moment_to_its_place) {
  for (const double factor : {0.5, 0.8, 1.25, 2.0}) {
    std::vector<float> clicks = sine(48'000, 4, 300, 0.001);
    for (int i = 0; i < 480; ++i)
      clicks[96'000 + static_cast<std::size_t>(i)] += static_cast<float>(0.5 * std::sin(i * 0.4));
    const auto output = filtered(operation::Tempo{.factor = factor}, {clicks})[0];
    EXPECT_EQ(output.size(), static_cast<std::size_t>(std::llround(192'000 / factor)));
    EXPECT_NEAR(static_cast<double>(loudest(output)) / 48'000, 2.005 / factor, 0.03) << factor;
  }
}

TEST(Filters, tempo_keeps_the_pitch_and_pitch_keeps_the_tempo) {
  const auto zero_crossings = [](const std::vector<float>& samples) {
    int crossings = 0;
    for (std::size_t i = 24'000; i < 72'000; ++i) crossings += samples[i - 1] < 0 && samples[i] >= 0;
    return crossings;
  };
  const Planar tone = {sine(48'000, 3, 440, 0.5)};
  EXPECT_NEAR(zero_crossings(filtered(operation::Tempo{.factor = 1.5}, tone)[0]), 440, 5);
  const auto higher = filtered(operation::Pitch{.semitones = 12}, tone)[0];
  EXPECT_NEAR(zero_crossings(higher), 880, 8);
  EXPECT_EQ(higher.size(), 144'000);
}

TEST(Filters, denoise_lowers_noise_and_moves_nothing) {
  std::vector<float> noise(48'000 * 3);
  std::uint32_t state = 7;
  for (float& sample : noise) {
    state = state * 1'664'525 + 1'013'904'223;
    sample = (static_cast<float>(state >> 8) / (1 << 23) - 1) * 0.003F;
  }
  const double before = level_db(noise);
  std::vector<float> click = noise;
  click[72'000] = 0.9F;
  const auto output = filtered(operation::Denoise{.reduction_db = 12}, {click})[0];
  EXPECT_EQ(output.size(), noise.size());
  EXPECT_NEAR(static_cast<double>(loudest(output)), 72'000, 10);
  EXPECT_LT(level_db(filtered(operation::Denoise{.reduction_db = 12}, {noise})[0]), before - 5);
}

TEST(Filters, give_one_sample_back_for_one) {
  for (const Operation& operation : std::initializer_list<Operation>{operation::Denoise{}, operation::Highpass{},
                                                                     operation::Pitch{.semitones = 3}}) {
    EXPECT_EQ(filtered(operation, {{0.5F}})[0].size(), 1) << name_of(operation);
  }
}

}  // namespace
}  // namespace soundbite::media
