#include "vad/silero.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

namespace soundbite {
namespace {

const SileroOptions installed{SOUNDBITE_TEST_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0",
                              SOUNDBITE_TEST_DEPS_DIR "/vad/silero_vad_16k_sequence.onnx"};

using Samples = std::vector<float>;

// A source-filter voice: pulses of a falling and rising pitch through the first three formants of five vowels, four
// syllables a second. No words, but the model hears somebody speak.
Samples vowels(double duration_s) {
  constexpr std::array<std::array<double, 3>, 5> formants{
      {{730, 1090, 2440}, {270, 2290, 3010}, {300, 870, 2240}, {530, 1840, 2480}, {570, 840, 2410}}};
  constexpr std::array<double, 3> bandwidths{80, 100, 140};
  constexpr std::array<double, 3> levels{1, 0.6, 0.3};
  constexpr double turn = 2 * std::numbers::pi;
  Samples out(static_cast<std::size_t>(duration_s * detector_rate));
  std::array<std::array<double, 2>, 3> memory{};
  double phase = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / detector_rate;
    phase += (120 + 25 * std::sin(turn * 1.3 * t)) / detector_rate;
    const double pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    const auto& vowel = formants[static_cast<std::size_t>(4 * t) % formants.size()];
    double sum = 0;
    for (std::size_t k = 0; k < vowel.size(); ++k) {
      const double r = std::exp(-std::numbers::pi * bandwidths[k] / detector_rate);
      const double value =
          pulse + 2 * r * std::cos(turn * vowel[k] / detector_rate) * memory[k][0] - r * r * memory[k][1];
      memory[k] = {value, memory[k][0]};
      sum += levels[k] * value;
    }
    out[i] = static_cast<float>(0.05 * sum * (0.55 + 0.45 * std::sin(turn * 4 * t)));
  }
  return out;
}

Samples silence(double duration_s) { return Samples(static_cast<std::size_t>(duration_s * detector_rate)); }

Samples noise(double duration_s, float level) {
  std::mt19937 random(7);
  Samples out = silence(duration_s);
  for (float& sample : out) sample = level * (static_cast<float>(random() % 2001) / 1000 - 1);
  return out;
}

Samples tone(double duration_s, double hz) {
  Samples out = silence(duration_s);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(0.3 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / detector_rate));
  return out;
}

Samples joined(std::initializer_list<Samples> parts) {
  Samples out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

class SileroTest : public testing::Test {
 protected:
  std::vector<SpeechSegment> hear(const Samples& samples, std::size_t block = 4096) {
    const auto listener = detector_->listen().value();
    for (std::size_t at = 0; at < samples.size(); at += block) {
      const auto heard = listener->hear(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
      EXPECT_TRUE(heard) << heard.error().message;
    }
    return listener->finish().value();
  }

  std::unique_ptr<SpeechDetector> detector_ = make_silero_detector(installed);
};

TEST_F(SileroTest, finds_a_voice_between_silences) {
  const auto segments = hear(joined({silence(1), vowels(0.75), silence(2), vowels(0.75), silence(1)}));
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_NEAR(segments[0].start_s, 1.0, 0.12);
  EXPECT_NEAR(segments[0].end_s, 1.75, 0.12);
  EXPECT_NEAR(segments[1].start_s, 3.75, 0.12);
  EXPECT_NEAR(segments[1].end_s, 4.5, 0.12);
}

TEST_F(SileroTest, finds_nobody_in_silence_noise_and_tones) {
  EXPECT_THAT(hear(silence(5)), testing::IsEmpty());
  EXPECT_THAT(hear(noise(5, 0.2f)), testing::IsEmpty());
  EXPECT_THAT(hear(noise(5, 0.001f)), testing::IsEmpty());
  EXPECT_THAT(hear(tone(5, 440)), testing::IsEmpty());
}

TEST_F(SileroTest, finds_nobody_in_nothing) {
  EXPECT_THAT(hear({}), testing::IsEmpty());
  EXPECT_THAT(hear({0.5f}), testing::IsEmpty());
}

TEST_F(SileroTest, hears_the_same_in_blocks_of_any_size) {
  const auto samples = joined({silence(0.7), vowels(0.8), silence(0.9), vowels(0.8), silence(0.313)});
  const auto at_once = hear(samples, samples.size());
  ASSERT_FALSE(at_once.empty());
  for (const std::size_t block : {1u, 63u, 511u, 512u, 513u, 16'384u, 20'000u})
    EXPECT_EQ(hear(samples, block), at_once) << "in blocks of " << block;
}

TEST_F(SileroTest, hears_recordings_at_the_same_time_and_apart) {
  const auto samples = joined({silence(0.5), vowels(0.8), silence(0.5)});
  const auto alone = hear(samples);
  const auto one = detector_->listen().value();
  const auto other = detector_->listen().value();
  const Samples loud = noise(0.4, 0.9f);
  for (std::size_t at = 0; at < samples.size(); at += 4000) {
    ASSERT_TRUE(one->hear(std::span(samples).subspan(at, std::min<std::size_t>(4000, samples.size() - at))));
    ASSERT_TRUE(other->hear(loud));
  }
  EXPECT_EQ(one->finish().value(), alone);
}

TEST_F(SileroTest, is_not_deafened_by_samples_that_are_no_numbers) {
  auto broken = silence(1);
  broken[100] = std::numeric_limits<float>::quiet_NaN();
  broken[200] = std::numeric_limits<float>::infinity();
  broken[300] = std::numeric_limits<float>::max();
  EXPECT_THAT(hear(joined({broken, vowels(0.75), silence(1)})), testing::SizeIs(1));
}

TEST_F(SileroTest, ends_with_the_recording_when_somebody_still_speaks) {
  const auto samples = joined({silence(1), vowels(0.7)});
  const auto segments = hear(samples);
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_DOUBLE_EQ(segments[0].end_s, static_cast<double>(samples.size()) / detector_rate);
}

TEST(Silero, names_the_file_that_is_missing_in_one_line) {
  const auto detector = make_silero_detector({installed.onnxruntime_library, "/nowhere/vad.onnx"});
  const auto listener = detector->listen();
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, ErrorCode::unavailable);
  EXPECT_THAT(listener.error().message, testing::HasSubstr("/nowhere/vad.onnx"));
  EXPECT_THAT(listener.error().message, testing::Not(testing::HasSubstr("\n")));
}

TEST(Silero, refuses_a_file_that_is_no_model) {
  const auto detector = make_silero_detector(
      {installed.onnxruntime_library, SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx.json"});
  const auto listener = detector->listen();
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code, ErrorCode::unavailable);
  EXPECT_THAT(listener.error().message, testing::HasSubstr("en_US-joe-medium.onnx.json"));
}

}  // namespace
}  // namespace soundbite
