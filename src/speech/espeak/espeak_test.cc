#include "speech/espeak/espeak.h"

#include <gmock/gmock.h>

#include <cmath>
#include <thread>

namespace soundbite {
namespace {

using testing::HasSubstr;

std::string spoken(Espeak& espeak, const std::string& voice, const std::string& clause) {
  return espeak.phonemes(voice, std::vector{clause}).value()[0];
}

TEST(Espeak, is_one_for_all_who_open_it) { EXPECT_EQ(open_espeak().value(), open_espeak().value()); }

TEST(Espeak, lists_each_voice_once_by_its_language_code) {
  const auto espeak = open_espeak().value();
  const auto& voices = espeak->voices();
  EXPECT_GT(voices.size(), 100u);
  EXPECT_TRUE(std::ranges::is_sorted(voices, std::ranges::less_equal{}, &EspeakVoice::code));
  const auto english = std::ranges::find(voices, "en-us", &EspeakVoice::code);
  ASSERT_NE(english, voices.end());
  EXPECT_EQ(english->name, "English (America)");
  EXPECT_EQ(english->gender, "male");
}

TEST(Espeak, speaks_every_voice_that_it_lists) {
  const auto espeak = open_espeak().value();
  for (const auto& voice : espeak->voices())
    EXPECT_TRUE(espeak->phonemes(voice.code, std::vector<std::string>{"1"})) << voice.code;
}

TEST(Espeak, gives_ipa_and_joins_what_it_cuts_at_an_abbreviation) {
  const auto espeak = open_espeak().value();
  EXPECT_EQ(spoken(*espeak, "en-us", "hello"), "həlˈoʊ");
  EXPECT_EQ(spoken(*espeak, "en-us", "Mr. Smith"), "mˈɪstɚ smˈɪθ");
}

TEST(Espeak, refuses_a_voice_that_it_has_not) {
  const auto espeak = open_espeak().value();
  const auto spoken = espeak->phonemes("xx-none", std::vector<std::string>{"x"});
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().code, ErrorCode::unavailable);
}

TEST(Espeak, says_the_same_whatever_was_said_before_and_by_whom) {
  const auto espeak = open_espeak().value();
  const std::string english = spoken(*espeak, "en-us", "The quick brown fox, number 42");
  const std::string russian = spoken(*espeak, "ru", "Привет, world, мир");
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int round = 0; round < 25; ++round) {
        if (i % 2 == 0 && spoken(*espeak, "en-us", "The quick brown fox, number 42") != english) ++wrong;
        if (i % 2 == 1 && spoken(*espeak, "ru", "Привет, world, мир") != russian) ++wrong;
      }
    });
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

double seconds(Espeak& espeak, double speed) {
  const auto samples =
      espeak.speak("en-us", "The quick brown fox jumps over the lazy dog near the bank.", speed, {}).value();
  return static_cast<double>(samples.size()) / espeak.sample_rate();
}

TEST(Espeak, speaks_as_fast_as_asked_over_the_whole_range) {
  const auto espeak = open_espeak().value();
  const double normal = seconds(*espeak, 1);
  for (const double speed : {0.25, 0.4, 0.5, 0.75, 1.5, 2.0, 3.0, 4.0}) {
    const double ratio = normal / seconds(*espeak, speed) / speed;
    EXPECT_GT(ratio, 0.75) << speed;
    EXPECT_LT(ratio, 1.25) << speed;
  }
}

TEST(Espeak, stops_when_asked) {
  const auto espeak = open_espeak().value();
  std::stop_source stop;
  stop.request_stop();
  const auto samples = espeak->speak("en-us", "A sentence that nobody wants to hear.", 1, stop.get_token());
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().code, ErrorCode::cancelled);
  EXPECT_TRUE(espeak->speak("en-us", "Another.", 1, {}));  // and goes on with the next
}

}  // namespace
}  // namespace soundbite
