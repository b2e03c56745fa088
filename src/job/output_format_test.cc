#include "job/output_format.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace soundbite {
namespace {

TEST(OutputFormat, finds_each_format_by_its_name_and_its_number) {
  for (const FormatTraits& traits : all_formats()) {
    EXPECT_EQ(parse_format(traits.name), traits.format);
    EXPECT_EQ(traits_of(traits.format).name, traits.name);
  }
  EXPECT_EQ(parse_format("MP3"), std::nullopt);
  EXPECT_EQ(parse_format(""), std::nullopt);
}

TEST(OutputFormat, tables_are_ascending_and_hold_their_own_defaults) {
  for (const FormatTraits& traits : all_formats()) {
    SCOPED_TRACE(traits.name);
    EXPECT_TRUE(std::ranges::is_sorted(traits.sample_rates));
    EXPECT_TRUE(allows_rate(traits, traits.min_rate));
    EXPECT_TRUE(allows_rate(traits, traits.max_rate));
    EXPECT_FALSE(allows_rate(traits, traits.min_rate - 1));
    EXPECT_FALSE(allows_rate(traits, traits.max_rate + 1));
    if (traits.bands.empty()) continue;
    EXPECT_TRUE(std::ranges::is_sorted(traits.bands, {}, &BitrateBand::max_rate));
    EXPECT_EQ(traits.bands.back().max_rate, traits.max_rate);
    for (const BitrateBand& band : traits.bands) {
      SCOPED_TRACE(band.max_rate);
      EXPECT_TRUE(bitrates_at(band, 1).allows(band.default_mono));
      EXPECT_TRUE(bitrates_at(band, 2).allows(band.default_stereo));
      if (!band.values.empty()) {
        EXPECT_TRUE(std::ranges::is_sorted(band.values));
        EXPECT_EQ(band.mono.low, band.values.front());
        EXPECT_EQ(band.mono.high, band.values.back());
      }
      for (const int channels : {1, 2}) {
        const BitrateChoice all = all_bitrates(traits, channels);
        for (const int value : band.values) EXPECT_TRUE(all.allows(value));
        EXPECT_LE(all.range.low, bitrates_at(band, channels).range.low);
        EXPECT_GE(all.range.high, bitrates_at(band, channels).range.high);
      }
    }
  }
}

TEST(OutputFormat, knows_the_bitrates_of_each_mpeg_version) {
  const FormatTraits& mp3 = traits_of(Format::mp3);
  EXPECT_FALSE(bitrates_at(*band_at(mp3, 8'000), 1).allows(80'000));
  EXPECT_TRUE(bitrates_at(*band_at(mp3, 22'050), 1).allows(144'000));
  EXPECT_FALSE(bitrates_at(*band_at(mp3, 22'050), 1).allows(320'000));
  EXPECT_TRUE(bitrates_at(*band_at(mp3, 44'100), 1).allows(320'000));
  EXPECT_FALSE(bitrates_at(*band_at(mp3, 44'100), 1).allows(144'000));
  EXPECT_FALSE(bitrates_at(*band_at(mp3, 44'100), 1).allows(24'000));
}

TEST(OutputFormat, has_no_bitrates_where_nothing_is_lost) {
  EXPECT_EQ(band_at(traits_of(Format::wav), 44'100), nullptr);
  EXPECT_EQ(band_at(traits_of(Format::flac), 44'100), nullptr);
}

TEST(OutputFormat, takes_the_sources_rate_or_the_nearest_above_or_the_highest) {
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::mp3), 22'050), 22'050);
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::mp3), 22'051), 24'000);
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::mp3), 96'000), 48'000);
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::opus), 22'050), 48'000);
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::wav), 22'051), 22'051);
  EXPECT_EQ(nearest_sample_rate(traits_of(Format::wav), 4'000), 8'000);
}

}  // namespace
}  // namespace soundbite
