#include "media/analysis/spectrum.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

using testing::DoubleNear;
using testing::Optional;

std::unique_ptr<Spectrum> spectrum_of(int rate, const std::vector<Samples>& channels) {
  auto spectrum = std::make_unique<Spectrum>(AudioFormat{rate, static_cast<int>(channels.size())});
  push_all(*spectrum, channels);
  spectrum->finish();
  return spectrum;
}

TEST(Spectrum, puts_a_tone_into_its_octave_at_its_level) {
  for (const int rate : {8'000, 44'100, 48'000, 192'000}) {
    Samples sine;
    append_sine(sine, rate, 1'000, 3, -20);
    for (const std::size_t channels : {1U, 2U, 3U}) {
      const SpectrumFacts facts = spectrum_of(rate, std::vector<Samples>(channels, sine))->facts();
      ASSERT_EQ(facts.bands.size(), 10U);
      EXPECT_EQ(facts.bands[5].hz, 1'000);
      EXPECT_THAT(facts.bands[5].level, Optional(DoubleNear(-20, 0.3))) << rate;
      EXPECT_LT(*facts.bands[7 - (rate == 8'000 ? 1 : 0)].level, -60) << rate;
    }
  }
}

TEST(Spectrum, has_no_level_above_half_the_rate) {
  Samples noise;
  append_noise(noise, 8'000, 2, -10);
  const SpectrumFacts facts = spectrum_of(8'000, {noise})->facts();
  EXPECT_NE(facts.bands[6].level, std::nullopt);
  EXPECT_EQ(facts.bands[8].level, std::nullopt);
  EXPECT_EQ(facts.bands[9].level, std::nullopt);
}

TEST(Spectrum, calls_white_noise_bright_and_a_low_tone_dark) {
  Samples noise;
  append_noise(noise, 48'000, 2, -10);
  const SpectrumFacts white = spectrum_of(48'000, {noise})->facts();
  EXPECT_THAT(white.slope, Optional(DoubleNear(3, 0.3)));
  EXPECT_EQ(white.balance, "bright");
  EXPECT_GT(*white.bandwidth_hz, 23'000);
  float last = 0;
  for (float& sample : noise) last = sample = last * 0.995F + sample * 0.01F;
  EXPECT_EQ(spectrum_of(48'000, {noise})->facts().balance, "balanced");
  last = 0;
  for (float& sample : noise) last = sample = last * 0.98F + sample * 0.02F;
  EXPECT_EQ(spectrum_of(48'000, {noise})->facts().balance, "dark");
}

TEST(Spectrum, says_nothing_of_silence_and_of_nothing) {
  for (const std::size_t frames : {std::size_t{0}, std::size_t{1}, std::size_t{48'000}}) {
    const SpectrumFacts facts = spectrum_of(48'000, {Samples(frames)})->facts();
    for (const OctaveBand& band : facts.bands) EXPECT_EQ(band.level, std::nullopt);
    EXPECT_EQ(facts.slope, std::nullopt);
    EXPECT_EQ(facts.bandwidth_hz, std::nullopt);
  }
}

TEST(Spectrum, keeps_its_columns_few_and_in_time_however_long_it_lasts) {
  constexpr int rate = 8'000;
  Samples samples;
  append_silence(samples, rate, 300);
  append_sine(samples, rate, 1'000, 300, -6);
  const auto spectrum = spectrum_of(rate, {samples});
  const SpectrogramColumns& columns = spectrum->columns();
  EXPECT_LT(columns.size(), SpectrogramColumns::max_columns);
  EXPECT_GE(columns.size(), SpectrogramColumns::max_columns / 2);
  EXPECT_NEAR(static_cast<double>(columns.size() * columns.column_frames()), static_cast<double>(samples.size()),
              static_cast<double>(columns.column_frames()));
  const auto row = static_cast<std::size_t>(columns.position_of(1'000) * SpectrogramColumns::rows);
  EXPECT_EQ(columns.column(columns.size() * 2 / 5)[row], 0);
  EXPECT_NEAR(columns.column(columns.size() * 3 / 5)[row], 0.25, 0.05);
}

}  // namespace
}  // namespace soundbite::media
