#include "speech/piper/piper_config.h"

#include <gmock/gmock.h>

#include "base/file.h"

namespace soundbite {
namespace {

constexpr std::string_view good = R"({"audio": {"sample_rate": 16000, "quality": "low"}, "espeak": {"voice": "de"},
  "phoneme_type": "espeak", "num_speakers": 2, "speaker_id_map": {"anna": 0, "bert": 1}, "dataset": "duo",
  "inference": {"noise_scale": 0.5, "length_scale": 1.1, "noise_w": 1}, "language": {"code": "de_DE"},
  "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [14], "ab": [15]}})";

std::string with(std::string_view from, std::string_view to) {
  std::string text(good);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(PiperConfig, of_the_default_voice_is_read) {
  const auto config =
      parse_piper_config(read_file(SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx.json", 1 << 20).value())
          .value();
  EXPECT_EQ(config.sample_rate, 22050);
  EXPECT_EQ(config.espeak_voice, "en-us");
  EXPECT_EQ(config.language, "en-US");
  EXPECT_EQ(config.name, "joe (medium)");
  EXPECT_TRUE(config.speakers.empty());
  EXPECT_EQ(config.phonemes.at(U'a'), std::vector<std::int64_t>{14});
}

TEST(PiperConfig, names_its_speakers_and_scales) {
  const auto config = parse_piper_config(good).value();
  EXPECT_EQ(config.speakers, (std::map<std::string, std::int64_t>{{"anna", 0}, {"bert", 1}}));
  EXPECT_FLOAT_EQ(config.length_scale, 1.1f);
  EXPECT_FLOAT_EQ(config.noise_w, 1);
  EXPECT_EQ(config.highest_id, 15);
}

TEST(PiperConfig, says_what_is_wrong) {
  const std::pair<std::string, const char*> wrong[] = {
      {"{", "not valid JSON"},
      {"[]", "not a JSON object"},
      {with("\"sample_rate\": 16000", "\"rate\": 1"), "audio.sample_rate"},
      {with("16000", "1e300"), "audio.sample_rate"},
      {with("{\"voice\": \"de\"}", "{}"), "espeak.voice"},
      {with("{\"voice\": \"de\"}", "7"), "espeak.voice"},
      {with("\"phoneme_type\": \"espeak\"", "\"phoneme_type\": \"pinyin\""), "phoneme_type \"pinyin\""},
      {with("\"phoneme_id_map\"", "\"other\""), "phoneme_id_map is missing"},
      {with("[14]", "14"), "phoneme_id_map"},
      {with("[14]", "[-1]"), "phoneme_id_map"},
      {with("[14]", "[\"a\"]"), "phoneme_id_map"},
      {with("\"bert\": 1", "\"bert\": 2"), "speaker_id_map"},
      {with("\"num_speakers\": 2", "\"num_speakers\": 1e9"), "num_speakers"},
      {with("1.1", "0"), "inference"},
      {with("1.1", "1e308"), "inference"},
      {std::string(1'000, '['), "not valid JSON"}};
  for (const auto& [text, reason] : wrong) {
    const auto config = parse_piper_config(text);
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message, testing::HasSubstr(reason));
  }
}

TEST(PiperConfig, survives_every_truncation_and_flipped_bit) {
  std::string text(good);
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_piper_config(std::string_view(text).substr(0, length)));
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    (void)parse_piper_config(text);  // any answer but a crash
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
  }
}

TEST(LanguageTag, is_written_as_bcp_47_writes_it) {
  EXPECT_EQ(to_language_tag("en_US"), "en-US");
  EXPECT_EQ(to_language_tag("en-us"), "en-US");
  EXPECT_EQ(to_language_tag("cmn"), "cmn");
  EXPECT_EQ(to_language_tag("es-419"), "es-419");
  EXPECT_EQ(to_language_tag("cmn-latn-pinyin"), "cmn-Latn-pinyin");
  EXPECT_EQ(to_language_tag("en-gb-x-rp"), "en-GB-x-rp");
}

}  // namespace
}  // namespace soundbite
