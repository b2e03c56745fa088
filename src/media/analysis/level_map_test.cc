#include "media/analysis/level_map.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Optional;

constexpr int rate = 44'100;

LevelMap map_of(const std::vector<Samples>& channels, int at_rate = rate) {
  LevelMap levels({at_rate, static_cast<int>(channels.size())});
  push_all(levels, channels, 1'000);
  levels.finish();
  return levels;
}

TEST(LevelMap, finds_silences_between_tones_to_10_ms) {
  Samples samples;
  append_silence(samples, rate, 0.5);
  append_sine(samples, rate, 440, 1, -20);
  append_silence(samples, rate, 0.4);
  append_sine(samples, rate, 440, 1, -20);
  append_silence(samples, rate, 0.2);
  append_sine(samples, rate, 440, 0.1, -20);
  append_silence(samples, rate, 0.305);
  const auto found = map_of({samples}).silences(-60, 0.3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], (Stretch{0, 0.5}));
  EXPECT_NEAR(found[1].start_s, 1.5, 0.011);
  EXPECT_NEAR(found[1].end_s, 1.9, 0.011);
  EXPECT_NEAR(found[2].start_s, 3.2, 0.011);
  EXPECT_NEAR(found[2].end_s, 3.505, 1e-4);  // where the recording ends, not where a step would
}

TEST(LevelMap, calls_nothing_silent_while_one_channel_sounds) {
  Samples tone;
  append_sine(tone, rate, 440, 1, -20);
  EXPECT_TRUE(map_of({Samples(tone.size()), tone}).silences(-60, 0.3).empty());
}

TEST(LevelMap, takes_silence_from_end_to_end) {
  EXPECT_THAT(map_of({Samples(rate)}).silences(-60, 0.3), ElementsAre(Stretch{0, 1}));
  EXPECT_TRUE(map_of({Samples{}}).silences(-60, 0.3).empty());
}

TEST(LevelMap, estimates_the_noise_behind_speech_and_its_level) {
  Samples samples;
  for (int i = 0; i < 10; ++i) {
    append_sine(samples, rate, 300, 0.7, -17);   // −20 dBFS effective
    append_noise(samples, rate, 0.3, -55.2, 7);  // uniform: 4.8 dB below its peak
  }
  const Levels levels = map_of({samples}).levels();
  EXPECT_THAT(levels.speech_level, Optional(DoubleNear(-20, 0.2)));
  EXPECT_THAT(levels.noise_floor, Optional(DoubleNear(-60, 0.5)));
}

TEST(LevelMap, has_no_levels_for_digital_silence) {
  const Levels levels = map_of({Samples(rate)}).levels();
  EXPECT_EQ(levels.noise_floor, std::nullopt);
  EXPECT_EQ(levels.speech_level, std::nullopt);
  EXPECT_EQ(levels.rms, std::nullopt);
}

TEST(LevelMap, measures_the_offset_of_each_channel) {
  Samples tone;
  append_sine(tone, rate, 441, 1, -20);
  Samples shifted = tone;
  for (float& sample : shifted) sample += 0.03F;
  EXPECT_THAT(map_of({tone, shifted}).dc_offsets(), ElementsAre(DoubleNear(0, 1e-4), DoubleNear(0.03, 1e-4)));
}

}  // namespace
}  // namespace soundbite::media
