// Tags and covers, from one file into another.
#include <gmock/gmock.h>

#include "media/audio_writer.h"
#include "media/carriage.h"
#include "media/picture_header.h"
#include "media/process.h"
#include "media/processor_test.h"
#include "media/recording.h"

namespace soundbite::media {
namespace {

using testing::ElementsAre;

// As much of a picture as its size stands in; what is behind it nobody looks at.
CoverArt png() {
  constexpr std::string_view header("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x20\0\0\0\x10\x08\x06\0\0\0", 29);
  CoverArt art{.codec = AV_CODEC_ID_PNG, .width = 32, .height = 16, .bytes = {header.begin(), header.end()}};
  art.bytes.resize(5'000, 0x55);
  return art;
}

CoverArt jpeg() {
  constexpr std::string_view header("\xFF\xD8\xFF\xE0\0\x04\0\0\xFF\xC0\0\x11\x08\0\x10\0\x20\x03", 18);
  CoverArt art{.codec = AV_CODEC_ID_MJPEG, .width = 32, .height = 16, .bytes = {header.begin(), header.end()}};
  art.bytes.resize(5'000, 0x55);
  return art;
}

File write(Format format, const Attachments& attachments) {
  quieten_libav();
  File file = memory_file();
  Sink sink(file.fd(), [] {});
  auto writer = AudioWriter::open({48'000, 1}, {*plan_output({.format = format}, 48'000)}, sink, attachments);
  require(writer.has_value(), "no writer");
  const auto samples = sine(48'000, 1);
  const float* plane = samples.data();
  require(writer->push({.channels = {&plane, 1}, .frames = samples.size()}).has_value(), "not written");
  require(writer->finish().has_value() && sink.finish().has_value(), "not finished");
  return file;
}

class Carries : public testing::TestWithParam<Format> {};

TEST_P(Carries, covers_and_tags_where_the_container_can) {
  const Format format = GetParam();
  for (const CoverArt& art : {png(), jpeg()}) {
    const File source = write(format, {.tags = {{"title", "Titel mit Umläuten"}, {"artist", "A"}}, .covers = {art}});
    MediaTask task{.inputs = {{"/fileId", "a"}}, .output = {.format = format}};
    const File made = memory_file();
    const auto outcome = process(task, {.inputs = {source.fd()}, .audio = made.fd()}, [](double) {});
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_THAT(outcome->dropped, ElementsAre());
    EXPECT_TRUE(outcome->verification->pass) << outcome->verification->reason;
    const auto recording = Recording::open(made.fd(), {"/fileId", "a"}, {});
    ASSERT_TRUE(recording) << recording.error().message;
    EXPECT_EQ(recording->attachments().tags.at("title"), "Titel mit Umläuten");
    ASSERT_EQ(recording->attachments().covers.size(), 1);
    EXPECT_EQ(recording->attachments().covers[0].bytes, art.bytes);
    EXPECT_EQ(recording->attachments().covers[0].width, 32);
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, Carries, testing::Values(Format::mp3, Format::flac, Format::m4a),
                         testing::PrintToStringParamName());

TEST(Attachments, lists_covers_that_the_container_cannot_hold) {
  const Attachments attachments{.tags = {{"title", "t"}}, .covers = {png()}};
  EXPECT_THAT(dropped_from(attachments, Format::opus), ElementsAre("cover art"));
  EXPECT_THAT(dropped_from(attachments, Format::aac), ElementsAre("cover art", "tag title"));
  EXPECT_THAT(dropped_from({.unknown_pictures = 1}, Format::mp3), ElementsAre("cover art"));
}

TEST(PictureHeader, reads_the_size_and_refuses_the_rest) {
  EXPECT_EQ(read_picture_header(png().bytes)->height, 16);
  EXPECT_EQ(read_picture_header(jpeg().bytes)->width, 32);
  const CoverArt a = png(), b = jpeg();
  for (std::size_t length = 0; length < 17; ++length) {
    EXPECT_FALSE(read_picture_header(std::span(a.bytes).first(length)));
    EXPECT_FALSE(read_picture_header(std::span(b.bytes).first(length)));
  }
  EXPECT_FALSE(read_picture_header(std::vector<std::uint8_t>(100, 0xFF)));
}

TEST(ToUtf8, keeps_utf8_and_takes_the_rest_for_latin_1) {
  EXPECT_EQ(to_utf8("Caf\xC3\xA9"), "Caf\xC3\xA9");
  EXPECT_EQ(to_utf8("Caf\xE9"), "Caf\xC3\xA9");
  EXPECT_EQ(to_utf8(std::string_view("a\0b\x1B[31m\tc\n", 11)), "ab[31m\tc\n");
}

}  // namespace
}  // namespace soundbite::media
