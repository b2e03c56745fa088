#include "app/say_request.h"

#include <gtest/gtest.h>

#include "app/commands.h"

namespace soundbite {
namespace {

std::expected<SayRequest, Failure> read(std::vector<const char*> written) {
  const auto arguments = parse_arguments(say_spec(), written);
  if (!arguments) return called_wrongly(arguments.error().message);
  Config config;
  config.max_text = 100;
  return read_say_request(*arguments, config);
}

std::string complaint(std::vector<const char*> written) {
  const auto request = read(std::move(written));
  EXPECT_FALSE(request);
  EXPECT_EQ(request ? 0 : request.error().exit_code, 2);
  return request ? "" : request.error().line;
}

TEST(SayRequest, flags_become_the_request) {
  const auto request = read({"Hello.", "-o",        "x.mp3", "--voice",       "espeak:de", "--language",
                             "de",     "--speed",   "1.5",   "--volume",      "-3",        "--sentence-silence",
                             "0.5",    "--bitrate", "64000", "--sample-rate", "44100",     "--channels",
                             "2",      "--json"});
  ASSERT_TRUE(request) << request.error().line;
  EXPECT_EQ(request->speech, (SpeechRequest{.text = "Hello.",
                                            .voice_id = "espeak:de",
                                            .language = "de",
                                            .speed = 1.5,
                                            .volume_db = -3,
                                            .sentence_silence_s = 0.5}));
  EXPECT_EQ(request->output,
            (OutputSpec{.format = Format::mp3, .bitrate = 64'000, .sample_rate = 44'100, .channels = 2}));
  EXPECT_EQ(request->target, "x.mp3");
  EXPECT_TRUE(request->json);
}

TEST(SayRequest, the_name_tells_the_format_in_any_case) {
  EXPECT_EQ(format_of_name("a/b.MP3"), Format::mp3);
  EXPECT_EQ(format_of_name("x.tar.flac"), Format::flac);
  EXPECT_EQ(format_of_name("x.ogg"), Format::vorbis);
  EXPECT_EQ(format_of_name("x.opus"), Format::opus);
  for (const char* name : {"x", "x.", "x.mp", "x.mp33", ".mp3", "mp3"}) EXPECT_FALSE(format_of_name(name)) << name;
}

TEST(SayRequest, a_named_format_beats_the_name) {
  EXPECT_EQ(read({"Hello.", "-o", "x.wav", "-f", "flac"})->output.format, Format::flac);
  EXPECT_EQ(read({"Hello.", "-o", "/dev/null"})->output.format, Format::wav);
}

TEST(SayRequest, a_name_without_a_format_says_what_to_add) {
  EXPECT_EQ(
      complaint({"Hello.", "-o", "x.xyz"}),
      "the name \"x.xyz\" does not tell the format: add --format with one of mp3, wav, flac, opus, vorbis, aac, m4a");
}

TEST(SayRequest, numbers_are_whole_and_in_range) {
  EXPECT_EQ(complaint({"Hello.", "-o", "x.mp3", "--speed", "fast"}), "bad value \"fast\" for --speed: write a number");
  EXPECT_EQ(complaint({"Hello.", "-o", "x.mp3", "--speed", "1.5x"}), "bad value \"1.5x\" for --speed: write a number");
  EXPECT_EQ(complaint({"Hello.", "-o", "x.mp3", "--channels", "1.5"}),
            "bad value \"1.5\" for --channels: write a whole number");
  for (const char* speed : {"0", "-1", "nan", "inf", "1e308", "4.01"})
    EXPECT_EQ(complaint({"Hello.", "-o", "x.mp3", "--speed", speed}), "--speed must be from 0.25 to 4") << speed;
}

TEST(SayRequest, all_wrong_fields_are_told_at_once_by_their_flags) {
  const auto line = complaint({" ", "-o", "x.wav", "--volume", "99", "--bitrate", "64000"});
  EXPECT_EQ(line,
            "the text has nothing to speak; give at least one word; --volume must be from -24 to 24; --bitrate wav has "
            "no bitrate; remove it");
}

TEST(SayRequest, a_text_past_the_limit_is_refused) {
  EXPECT_NE(complaint({std::string(101, 'a').c_str(), "-o", "x.wav"}).find("101 characters"), std::string::npos);
}

}  // namespace
}  // namespace soundbite
