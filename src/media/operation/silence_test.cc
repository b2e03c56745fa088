#include "media/operation/silence.h"

#include <gmock/gmock.h>

#include "media/processor_test.h"

namespace soundbite::media {
namespace {

constexpr AudioFormat mono{1'000, 1};  // a frame is a millisecond
using Mode = operation::Silence::Mode;

std::vector<float> quiet(std::size_t count) { return std::vector<float>(count, 0.0001F); }
std::vector<float> loud(std::size_t count) { return std::vector<float>(count, 0.5F); }

operation::Silence silence(double minimum_s, double keep_s) { return {Mode::remove, -50, minimum_s, keep_s}; }

TEST(SilenceRemover, shortens_long_stretches_to_what_is_kept_of_them) {
  SpoolRoom room(-1);
  SilenceRemover remover(mono, silence(0.3, 0.1), room);
  const auto input = joined({quiet(500), loud(40), quiet(299), loud(7), quiet(2'000), loud(1), quiet(700)});
  const auto output = joined({quiet(100), loud(40), quiet(299), loud(7), quiet(100), loud(1), quiet(100)});
  EXPECT_EQ(run(remover, {input}, 13)[0], output);
}

TEST(SilenceRemover, keeps_the_ends_of_a_stretch_that_touch_the_sounds) {
  SpoolRoom room(-1);
  SilenceRemover remover(mono, silence(0.2, 0.1), room);
  std::vector<float> gap(1'000);
  for (std::size_t i = 0; i < gap.size(); ++i) gap[i] = static_cast<float>(i) * 1e-6F;
  const auto output = run(remover, {joined({loud(10), gap, loud(10)})}, 7)[0];
  EXPECT_EQ(output, joined({loud(10), part(gap, 0, 50), part(gap, 950, 1'000), loud(10)}));
}

TEST(SilenceRemover, leaves_alone_what_is_shorter_than_what_may_be_kept) {
  SpoolRoom room(-1);
  SilenceRemover remover(mono, silence(0.1, 0.5), room);
  const auto input = joined({loud(10), quiet(499), loud(10), quiet(400)});
  EXPECT_EQ(run(remover, {input}, 31)[0], input);
}

TEST(SilenceRemover, hears_a_sound_on_any_channel) {
  SpoolRoom room(-1);
  SilenceRemover remover({1'000, 2}, silence(0.1, 0), room);
  const Planar input = {joined({quiet(300), loud(50)}), joined({quiet(200), loud(100), quiet(50)})};
  const Planar output = run(remover, input);
  EXPECT_EQ(output[0], joined({quiet(100), loud(50)}));
  EXPECT_EQ(output[1], joined({loud(100), quiet(50)}));
}

LoudSpan::Span kept(const std::vector<float>& samples, operation::Silence asked) {
  LoudSpan found(asked.threshold_db);
  const float* plane = samples.data();
  found.push({.channels = {&plane, 1}, .frames = samples.size()});
  return keep_of(found, asked, mono.sample_rate);
}

TEST(SilenceTrim, shortens_both_ends_and_nothing_between) {
  const auto span = kept(joined({quiet(400), loud(5), quiet(5'000), loud(5), quiet(700)}), silence(0.3, 0.1));
  EXPECT_EQ(span.first, 300);
  EXPECT_EQ(span.last, 400 + 5 + 5'000 + 5 + 100);
}

TEST(SilenceTrim, leaves_short_ends_and_short_silence_alone) {
  const auto span = kept(joined({quiet(299), loud(5), quiet(299)}), silence(0.3, 0.1));
  EXPECT_EQ(span.first, 0);
  EXPECT_EQ(span.last, 603);
  EXPECT_EQ(kept(quiet(200), silence(0.3, 0.1)).last, 200);
  EXPECT_EQ(kept(quiet(400), silence(0.3, 0.1)).last, 100);
}

}  // namespace
}  // namespace soundbite::media
