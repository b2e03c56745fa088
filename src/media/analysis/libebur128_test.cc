// Our meter beside libebur128, on signals without a structure that windows of another hop would meet differently.
#include <ebur128.h>
#include <gmock/gmock.h>

#include "media/analysis/loudness_meter.h"
#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

struct Measured {
  double integrated = 0;
  double range = 0;
  double true_peak = 0;
  double max_momentary = 0;
};

Measured measure_with_libebur128(int rate, const std::vector<Samples>& channels) {
  ebur128_state* meter = ebur128_init(static_cast<unsigned>(channels.size()), static_cast<unsigned long>(rate),
                                      EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
  if (channels.size() == 6) {
    const channel places[] = {EBUR128_LEFT,   EBUR128_RIGHT,         EBUR128_CENTER,
                              EBUR128_UNUSED, EBUR128_LEFT_SURROUND, EBUR128_RIGHT_SURROUND};
    for (unsigned c = 0; c < 6; ++c) ebur128_set_channel(meter, c, places[c]);
  }
  const std::size_t hop = static_cast<std::size_t>(rate) / 100;
  std::vector<float> interleaved(hop * channels.size());
  Measured result{.max_momentary = -1'000};
  for (std::size_t at = 0; at + hop <= channels[0].size(); at += hop) {
    for (std::size_t c = 0; c < channels.size(); ++c) {
      for (std::size_t i = 0; i < hop; ++i) interleaved[i * channels.size() + c] = channels[c][at + i];
    }
    ebur128_add_frames_float(meter, interleaved.data(), hop);
    double momentary = 0;
    ebur128_loudness_momentary(meter, &momentary);
    result.max_momentary = std::max(result.max_momentary, momentary);
  }
  ebur128_loudness_global(meter, &result.integrated);
  ebur128_loudness_range(meter, &result.range);
  for (unsigned c = 0; c < channels.size(); ++c) {
    double peak = 0;
    ebur128_true_peak(meter, c, &peak);
    result.true_peak = std::max(result.true_peak, peak);
  }
  ebur128_destroy(&meter);
  result.true_peak = 20 * std::log10(result.true_peak);
  return result;
}

// Like speech: syllables of noise, loud and low parts, and pauses.
Samples syllables(int rate, double seconds, std::uint64_t seed) {
  Samples samples;
  for (int i = 0; static_cast<double>(samples.size()) < seconds * rate; ++i) {
    append_noise(samples, rate, 0.25, -12 - (i * 7 % 11) - (i / 40 % 2 == 0 ? 0 : 9), seed + static_cast<unsigned>(i));
    append_noise(samples, rate, i % 9 == 8 ? 0.6 : 0.08, -70, seed);
  }
  return samples;
}

class Libebur128 : public testing::TestWithParam<std::pair<int, int>> {};
INSTANTIATE_TEST_SUITE_P(measures, Libebur128,
                         testing::Values(std::pair(8'000, 1), std::pair(22'050, 1), std::pair(44'100, 2),
                                         std::pair(48'000, 2), std::pair(48'000, 6), std::pair(96'000, 2),
                                         std::pair(192'000, 1)),
                         [](const auto& one) {
                           return std::to_string(one.param.first) + "_hz_" + std::to_string(one.param.second) +
                                  "_channels";
                         });

TEST_P(Libebur128, what_we_measure) {
  const auto [rate, count] = GetParam();
  std::vector<Samples> channels;
  for (int c = 0; c < count; ++c) channels.push_back(syllables(rate, 60, static_cast<std::uint64_t>(c) * 1'000 + 1));
  for (auto& channel : channels) channel.resize(channels[0].size());
  const Measured theirs = measure_with_libebur128(rate, channels);
  LoudnessMeter meter({rate, count}, {});
  push_all(meter, channels);
  const LoudnessResult ours = meter.result();
  EXPECT_NEAR(*ours.integrated, theirs.integrated, 0.05);
  EXPECT_NEAR(*ours.range, theirs.range, 0.5);  // they slide their three seconds by one, we by a tenth
  EXPECT_NEAR(*ours.true_peak, theirs.true_peak, 0.01);
  EXPECT_NEAR(*ours.max_momentary, theirs.max_momentary, 0.05);
}

}  // namespace
}  // namespace soundbite::media
