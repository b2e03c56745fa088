#include "media/analysis/analyzer.h"

#include <gmock/gmock.h>

#include <boost/json/value.hpp>

#include "base/strict_json.h"
#include "job/recipe_json.h"
#include "media/analysis/signal_test.h"
#include "media/decoded_test.h"

namespace soundbite::media {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

SourceFacts facts_of(int rate, const std::vector<Samples>& channels) {
  return {.container = "wav",
          .codec = "pcm_s16le",
          .format = {rate, static_cast<int>(channels.size())},
          .bit_depth = 16,
          .bitrate = 768'000,
          .declared_s = 1.5,
          .decoded_s = static_cast<double>(channels[0].size()) / rate,
          .tags = {{"title", "A \"talk\""}}};
}

json::object analyse(int rate, const std::vector<Samples>& channels, std::optional<SourceFacts> facts = {}) {
  Analyzer analyzer({rate, static_cast<int>(channels.size())});
  push_all(analyzer, channels);
  const auto document = parse_strict_json(analyzer.finish(facts.value_or(facts_of(rate, channels))));
  if (!document) throw std::runtime_error(document.error().message);
  return document->as_object();
}

double number(const json::value& value) { return value.to_number<double>(); }

std::vector<std::string> codes(const json::object& document) {
  std::vector<std::string> result;
  for (const auto& insight : document.at("insights").as_array()) {
    result.emplace_back(insight.at("code").as_string());
  }
  return result;
}

const json::object& insight(const json::object& document, std::string_view code) {
  for (const auto& one : document.at("insights").as_array()) {
    if (one.at("code").as_string() == code) return one.as_object();
  }
  throw std::runtime_error("no insight " + std::string(code));
}

Samples tone(int rate, double seconds, double dbfs) {
  Samples samples;
  append_sine(samples, rate, 997, seconds, dbfs);
  return samples;
}

TEST(Analyzer, shows_what_was_known_and_what_was_measured) {
  const json::object document = analyse(48'000, {tone(48'000, 5, -16), tone(48'000, 5, -16)});
  EXPECT_EQ(document.at("container").as_string(), "wav");
  EXPECT_EQ(number(document.at("sampleRate")), 48'000);
  EXPECT_EQ(number(document.at("bitDepth")), 16);
  EXPECT_EQ(number(document.at("duration").at("declared")), 1.5);
  EXPECT_EQ(number(document.at("duration").at("decoded")), 5);
  EXPECT_EQ(document.at("tags").at("title").as_string(), "A \"talk\"");
  const auto& loudness = document.at("loudness");
  EXPECT_EQ(loudness.at("measurement").as_string(), "gated");
  EXPECT_NEAR(number(loudness.at("integrated")), -16, 0.1);
  EXPECT_NEAR(number(loudness.at("truePeak")), -16, 0.1);
  EXPECT_EQ(loudness.at("series").at("momentary").as_array().size(), 5U);
  EXPECT_NEAR(number(document.at("samplePeak")), -16, 0.1);
  EXPECT_NEAR(number(document.at("crestFactor")), 3.01, 0.05);
  EXPECT_EQ(document.at("stereo").at("monoInTwoChannels"), true);
  EXPECT_GT(document.at("fingerprint").as_string().size(), 20U);
  EXPECT_THAT(codes(document), Contains("mono_in_two_channels"));
}

TEST(Analyzer, writes_null_for_what_there_is_not_and_never_a_number_that_is_none) {
  SourceFacts unknown;
  unknown.format = {8'000, 1};
  const std::vector<Samples> hard[] = {{Samples{}},
                                       {Samples{0.7F}},
                                       {Samples(8'000)},
                                       {Samples(8'000, 1.0F)},
                                       {Samples(3'000, 3e38F)},
                                       {Samples(8'000, 1e-30F)}};
  for (const auto& channels : hard) {
    const json::object document = analyse(8'000, channels, unknown);
    EXPECT_TRUE(document.at("duration").at("declared").is_null());
    EXPECT_TRUE(document.at("bitDepth").is_null());
    EXPECT_TRUE(document.at("stereo").is_null());
  }
}

TEST(Analyzer, takes_every_rate_and_number_of_channels_that_limits_allow) {
  for (const int rate : {8'000, 11'025, 384'000}) {
    for (const std::size_t channels : {3U, 5U, 8U}) {
      Samples noise;
      append_noise(noise, rate, 0.5, -20);
      const json::object document = analyse(rate, std::vector<Samples>(channels, noise));
      EXPECT_EQ(document.at("dcOffset").as_array().size(), channels);
      EXPECT_TRUE(document.at("loudness").at("integrated").is_number()) << rate;
    }
  }
}

TEST(Analyzer, says_of_silence_only_that_it_is_silent) {
  const json::object document = analyse(8'000, {Samples(16'000)});
  EXPECT_EQ(document.at("silent"), true);
  EXPECT_EQ(document.at("loudness").at("measurement").as_string(), "silent");
  EXPECT_TRUE(document.at("loudness").at("integrated").is_null());
  EXPECT_THAT(codes(document), testing::ElementsAre("silent"));
  EXPECT_EQ(document.at("silences").as_array().size(), 1U);
}

TEST(Analyzer, tells_where_it_clipped) {
  Samples samples = tone(48'000, 3, -16);
  std::fill(samples.begin() + 72'000, samples.begin() + 72'010, 1.0F);
  const json::object document = analyse(48'000, {samples});
  EXPECT_EQ(number(document.at("clipping").at("samples")), 10);
  EXPECT_EQ(number(insight(document, "clipped").at("at")), 1.5);
  EXPECT_THAT(std::string(insight(document, "clipped").at("text").as_string()), HasSubstr("Clipped at 1.5 s"));
}

TEST(Analyzer, finds_silence_at_both_ends_and_a_long_pause) {
  Samples samples;
  append_silence(samples, 48'000, 2);
  append_sine(samples, 48'000, 997, 2, -16);
  append_silence(samples, 48'000, 4);
  append_sine(samples, 48'000, 997, 2, -16);
  append_silence(samples, 48'000, 1.5);
  const json::object document = analyse(48'000, {samples});
  EXPECT_EQ(document.at("silences").as_array().size(), 3U);
  EXPECT_EQ(number(insight(document, "silence_at_start").at("at")), 0);
  EXPECT_EQ(number(insight(document, "long_pause").at("at")), 4);
  EXPECT_EQ(number(insight(document, "silence_at_end").at("at")), 10);
}

TEST(Analyzer, proposes_operations_that_a_recipe_takes) {
  Samples samples;
  append_silence(samples, 48'000, 2);
  append_sine(samples, 48'000, 400, 2, -1);
  append_noise(samples, 48'000, 2, -12);
  for (float& sample : samples) sample = sample * 1.1F + 0.02F;
  const json::object document = analyse(48'000, {samples, samples});
  EXPECT_THAT(codes(document), testing::IsSupersetOf({"true_peak_high", "dc_offset", "mono_in_two_channels"}));
  std::size_t proposed = 0;
  for (const auto& one : document.at("insights").as_array()) {
    if (one.at("operation").is_null()) continue;
    ++proposed;
    std::vector<FieldError> errors;
    EXPECT_EQ(read_recipe(json::array{one.at("operation")}, "", errors).size(), 1U);
    EXPECT_THAT(errors, IsEmpty());
  }
  EXPECT_GE(proposed, 3U);
}

TEST(Analyzer, advises_for_what_its_facts_say) {
  Samples narrow;
  append_sine(narrow, 48'000, 3'400, 2, -30);
  const std::vector<Samples> channels{narrow};
  SourceFacts facts = facts_of(48'000, channels);
  facts.truncated = facts.concatenated = facts.renamed = facts.encoder_delay_unknown = true;
  facts.decode_errors = 3;
  facts.invalid_samples = 2;
  const json::object document = analyse(48'000, channels, facts);
  EXPECT_THAT(codes(document),
              testing::IsSupersetOf({"truncated", "damaged", "invalid_samples", "concatenated", "renamed",
                                     "encoder_delay_unknown", "too_quiet", "low_bandwidth"}));
  EXPECT_EQ(number(document.at("integrity").at("decodeErrors")), 3);
  EXPECT_EQ(number(document.at("integrity").at("invalidSamples")), 2);
}

TEST(Analyzer, hears_noise_behind_speech_and_none_where_there_is_none) {
  const auto speech_over = [](double noise_dbfs) {
    Samples samples;
    for (int i = 0; i < 8; ++i) {
      append_sine(samples, 16'000, 300, 0.7, -13);
      append_noise(samples, 16'000, 0.3, noise_dbfs, 3);
    }
    return analyse(16'000, {samples});
  };
  EXPECT_THAT(codes(speech_over(-24)), Contains("noisy"));
  EXPECT_THAT(codes(speech_over(-60)), Not(Contains("noisy")));
}

TEST(Analyzer, gives_equal_bytes_for_equal_samples) {
  const std::vector<Samples> channels{tone(48'000, 2, -20), tone(48'000, 2, -26)};
  const auto bytes = [&](std::size_t block_frames) {
    Analyzer analyzer({48'000, 2});
    push_all(analyzer, channels, block_frames);
    const std::string document = analyzer.finish(facts_of(48'000, channels));
    std::array<File, 3> files = {memory_file(), memory_file(), memory_file()};
    EXPECT_TRUE(analyzer.write_waveform(files[0]));
    EXPECT_TRUE(analyzer.write_waveform_png(files[1]));
    EXPECT_TRUE(analyzer.write_spectrogram_png(files[2]));
    return document + bytes_of(files[0]) + bytes_of(files[1]) + bytes_of(files[2]);
  };
  EXPECT_TRUE(bytes(1'152) == bytes(1'152));
}

}  // namespace
}  // namespace soundbite::media
