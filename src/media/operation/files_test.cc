// Operations that bring other files in.
#include <gmock/gmock.h>

#include "media/operation/concat.h"
#include "media/operation/mix.h"
#include "media/processor_test.h"

namespace soundbite::media {
namespace {

constexpr AudioFormat mono{48'000, 1};
const MediaKind exact{"wav", "pcm_f32le"};

RecipeFile recipe_file(const File& file, MediaLimits limits = {}) {
  return {file.fd(), {"/process/0/fileIds/0", "b"}, limits};
}

TEST(Concat, puts_files_behind_one_another_to_the_sample) {
  const File b = make_media(exact, 48'000, {ramp(1'234)});
  const File c = make_media(exact, 48'000, {ramp(77)});
  SpoolRoom room(-1);
  Concat concat(mono, {recipe_file(b), recipe_file(c), recipe_file(b)}, 0, room);
  EXPECT_EQ(run(concat, {ramp(5'000)})[0], joined({ramp(5'000), ramp(1'234), ramp(77), ramp(1'234)}));
}

TEST(Concat, brings_files_of_other_formats_to_the_one_there_is) {
  const File b = make_media(exact, 44'100, same_on_all(sine(44'100, 1, 440, 0.5), 2));
  SpoolRoom room(-1);
  Concat concat(mono, {recipe_file(b)}, 0, room);
  const auto output = run(concat, {std::vector<float>(48'000)})[0];
  ASSERT_EQ(output.size(), 96'000);
  const auto expected = sine(48'000, 1, 440, 0.5);
  for (std::size_t i = 2'000; i < 46'000; ++i) ASSERT_NEAR(output[48'000 + i], expected[i], 1e-3) << i;
}

TEST(Concat, crossfades_at_equal_power) {
  const File b = make_media(exact, 48'000, {std::vector<float>(20'000, 0.0F)});
  SpoolRoom room(-1);
  Concat concat(mono, {recipe_file(b)}, 0.1, room);
  const auto output = run(concat, {std::vector<float>(20'000, 1.0F)})[0];
  ASSERT_EQ(output.size(), 40'000 - 4'800);
  EXPECT_EQ(output[15'199], 1.0F);
  EXPECT_NEAR(output[15'200 + 2'400], std::numbers::sqrt2 / 2, 1e-3);
  EXPECT_EQ(output[20'000], 0.0F);
}

TEST(Concat, crossfades_no_longer_than_the_shorter_file) {
  const File b = make_media(exact, 48'000, {std::vector<float>(100, 0.5F)});
  SpoolRoom room(-1);
  Concat concat(mono, {recipe_file(b), recipe_file(b)}, 10, room);
  EXPECT_EQ(run(concat, {std::vector<float>(1'000, 0.5F)})[0].size(), 1'000);
}

TEST(Concat, refuses_the_file_that_makes_it_too_long) {
  const File b = make_media(exact, 48'000, {ramp(48'000)});
  SpoolRoom room(-1);
  Concat concat(mono, {recipe_file(b, {.max_seconds = 1.5})}, 0, room);
  const BlockSink nothing = [](const AudioBlock&) -> Result<void> { return {}; };
  const auto samples = ramp(30'000);
  const float* plane = samples.data();
  ASSERT_TRUE(concat.push({.channels = {&plane, 1}, .frames = samples.size()}, nothing));
  const auto done = concat.finish(nothing);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fields.at(0).code, "too_long");
  EXPECT_EQ(done.error().fields.at(0).pointer, "/process/0/fileIds/0");
}

TEST(Mix, lays_the_bed_under_and_ends_with_what_is_above) {
  const File bed = make_media(exact, 48'000, {std::vector<float>(50'000, 0.5F)});
  auto mix = Mix::open(mono, recipe_file(bed), {.gain_db = -6.0206});
  ASSERT_TRUE(mix);
  const auto output = run(*mix, {std::vector<float>(10'000, 0.1F)})[0];
  ASSERT_EQ(output.size(), 10'000);
  for (const float sample : output) ASSERT_NEAR(sample, 0.35, 1e-4);
}

TEST(Mix, leaves_what_is_above_alone_where_the_bed_has_ended) {
  const File bed = make_media(exact, 48'000, {std::vector<float>(3'000, 0.5F)});
  auto mix = Mix::open(mono, recipe_file(bed), {.gain_db = 0});
  const auto output = run(*mix, {std::vector<float>(10'000, 0.1F)})[0];
  EXPECT_NEAR(output[2'999], 0.6, 1e-5);
  EXPECT_EQ(output[3'000], 0.1F);
}

TEST(Ducker, lowers_the_bed_under_speech_and_brings_it_back) {
  Ducker ducker(48'000, 12);
  for (int i = 0; i < 48'000; ++i) ASSERT_EQ(ducker.next(0.005F), 1.0F);
  float gain = 1, before = 1;
  for (int i = 0; i < 24'000; ++i) {
    gain = ducker.next(0.2F);
    ASSERT_LE(std::abs(gain - before), 0.001F) << "no step";
    before = gain;
  }
  EXPECT_NEAR(gain, 0.251, 0.001);
  for (int i = 0; i < 5 * 48'000; ++i) gain = ducker.next(0);
  EXPECT_NEAR(gain, 1, 0.01);
}

}  // namespace
}  // namespace soundbite::media
