// What the containers say of themselves, read byte by byte: no libav here, so that its reader cannot excuse its writer.
#include <gmock/gmock.h>

#include <csignal>

extern "C" {
#include <libavutil/md5.h>
}

#include "media/decoded_test.h"

namespace soundbite::media {
namespace {

constexpr std::size_t frames_in = 31'234;  // no multiple of any frame length
constexpr int rate = 24'000;

std::string make(Format format, bool pipe, int sample_rate = 0, int channels = 1) {
  const auto samples = sine(rate, static_cast<double>(frames_in) / rate);
  OutputSpec spec{.format = format, .channels = channels};
  if (sample_rate) spec.sample_rate = sample_rate;
  const EncodeJob job{rate, *plan_output(spec, rate)};
  const Made made = pipe ? encode_to_pipe(job, samples) : encode_to_file(job, samples);
  if (!made.report) throw std::runtime_error(made.report.error().message);
  return bytes_of(made.file);
}

std::uint64_t big(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(at, count)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

std::uint64_t little(const std::string& bytes, std::size_t at, std::size_t count) {
  std::string reversed = bytes.substr(at, count);
  std::ranges::reverse(reversed);
  return big(reversed, 0, count);
}

TEST(Wav, sizes_are_those_of_the_file) {
  const std::string wav = make(Format::wav, false);
  EXPECT_EQ(wav.substr(0, 4), "RIFF");
  EXPECT_EQ(little(wav, 4, 4), wav.size() - 8);
  EXPECT_EQ(wav.substr(36, 4), "data");
  EXPECT_EQ(little(wav, 40, 4), frames_in * 2);
  EXPECT_EQ(wav.size(), 44 + frames_in * 2);
}

TEST(Wav, in_a_pipe_says_that_its_sizes_are_unknown) {
  const std::string wav = make(Format::wav, true);
  EXPECT_EQ(little(wav, 4, 4), 0xFFFF'FFFF);
  EXPECT_EQ(wav.substr(36, 4), "data");
  EXPECT_EQ(little(wav, 40, 4), 0xFFFF'FFFF);
  EXPECT_EQ(wav.size(), 44 + frames_in * 2);
}

// The side information that stands before the tag is shorter for one channel and for MPEG-2.
std::size_t xing_at(const std::string& mp3) {
  const auto info = mp3.substr(0, 200).find("Info");
  return info != std::string::npos ? info : mp3.substr(0, 200).find("Xing");
}

// Frames that are to be played, as the tag says: a frame count, less what it says to skip at both ends.
std::uint64_t played(const std::string& mp3, std::uint64_t per_frame) {
  const std::size_t tag = xing_at(mp3);
  const std::uint64_t delays = big(mp3, tag + 16 + 100 + 4 + 21, 3);
  return big(mp3, tag + 8, 4) * per_frame - (delays >> 12) - (delays & 0xFFF);
}

TEST(Mp3, tag_counts_the_frames_and_says_what_not_to_play) {
  for (const int sample_rate : {8'000, 11'025, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000}) {
    const std::string mp3 = make(Format::mp3, false, sample_rate);
    ASSERT_EQ(big(mp3, 0, 2) & 0xFFE0, 0xFFE0) << "begins with a frame";
    const std::size_t tag = xing_at(mp3);
    ASSERT_NE(tag, std::string::npos);
    EXPECT_EQ(big(mp3, tag + 4, 4) & 7, 7) << "frames, bytes and a table to seek by";
    EXPECT_EQ(big(mp3, tag + 12, 4), mp3.size());
    const auto expected = std::lround(static_cast<double>(frames_in) * sample_rate / static_cast<double>(rate));
    EXPECT_EQ(played(mp3, sample_rate >= 32'000 ? 1'152 : 576), expected) << sample_rate;
  }
}

TEST(Mp3, tag_is_exact_for_every_length) {
  for (std::size_t frames = 2'000; frames < 2'000 + 576; frames += 7) {
    const std::vector<float> samples(frames, 0.1F);
    const Made made = encode_to_file({rate, *plan_output({.format = Format::mp3}, rate)}, samples);
    EXPECT_EQ(played(bytes_of(made.file), 576), frames);
  }
}

TEST(Mp3, in_a_pipe_makes_no_claim_about_its_length) { EXPECT_EQ(xing_at(make(Format::mp3, true)), std::string::npos); }

TEST(Flac, streaminfo_has_the_total_and_the_digest) {
  const std::string flac = make(Format::flac, false);
  ASSERT_EQ(flac.substr(0, 4), "fLaC");
  EXPECT_EQ(big(flac, 8 + 10, 8) & 0xF'FFFF'FFFF, frames_in);
  const File file = memory_file();
  ASSERT_TRUE(file.write_all(std::as_bytes(std::span(flac))));
  std::vector<std::int16_t> samples;
  for (const float sample : decode(file).channel[0]) samples.push_back(static_cast<std::int16_t>(sample * 32'768));
  std::array<std::uint8_t, 16> digest{};
  av_md5_sum(digest.data(), reinterpret_cast<const std::uint8_t*>(samples.data()), samples.size() * 2);
  EXPECT_EQ(flac.substr(8 + 18, 16), std::string(digest.begin(), digest.end()));
}

TEST(Flac, in_a_pipe_says_that_the_total_is_unknown) {
  const std::string flac = make(Format::flac, true);
  EXPECT_EQ(big(flac, 8 + 10, 8) & 0xF'FFFF'FFFF, 0);
}

// The granule position of the last page.
std::uint64_t last_granule(const std::string& ogg) { return little(ogg, ogg.rfind("OggS") + 6, 8); }

TEST(Opus, ends_where_the_audio_ends) {
  for (const bool pipe : {false, true}) {
    const std::string opus = make(Format::opus, pipe);
    const std::size_t head = opus.find("OpusHead");
    ASSERT_NE(head, std::string::npos);
    const std::uint64_t pre_skip = little(opus, head + 10, 2);
    EXPECT_GT(pre_skip, 0);
    EXPECT_EQ(last_granule(opus) - pre_skip, frames_in * 2);
    EXPECT_EQ(little(opus, opus.rfind("OggS") + 5, 1) & 4, 4) << "the last page says that it is";
  }
}

TEST(Vorbis, ends_where_the_audio_ends) {
  for (const bool pipe : {false, true}) EXPECT_EQ(last_granule(make(Format::vorbis, pipe)), frames_in);
}

// Position of the payload of the first box at this path.
std::size_t box(const std::string& mp4, std::initializer_list<std::string_view> path) {
  std::size_t at = 0, end = mp4.size();
  for (const std::string_view name : path) {
    while (at + 8 <= end && mp4.substr(at + 4, 4) != name) at += big(mp4, at, 4);
    if (at + 8 > end) return std::string::npos;
    end = at + big(mp4, at, 4);
    at += 8;
  }
  return at;
}

TEST(M4a, has_its_index_in_front_and_the_encoders_delay_in_an_edit_list) {
  const std::string m4a = make(Format::m4a, false);
  EXPECT_EQ(m4a.substr(4, 8), "ftypM4A ");
  EXPECT_LT(box(m4a, {"moov"}), box(m4a, {"mdat"}));
  const std::size_t edit = box(m4a, {"moov", "trak", "edts", "elst"});
  ASSERT_NE(edit, std::string::npos);
  EXPECT_EQ(big(m4a, edit + 4, 4), 1);
  EXPECT_NEAR(static_cast<double>(big(m4a, edit + 8, 4)), 1'000.0 * frames_in / rate, 1) << "milliseconds";
  EXPECT_EQ(big(m4a, edit + 12, 4), 1'024);
  const std::size_t media = box(m4a, {"moov", "trak", "mdia", "mdhd"});
  EXPECT_EQ(big(m4a, media + 12, 4), rate);
  EXPECT_EQ(big(m4a, media + 16, 4), frames_in + 1'024);
  EXPECT_EQ(big(m4a, media + 4, 8), 0) << "no times of making";
}

TEST(M4a, in_a_pipe_comes_in_fragments) {
  const std::string m4a = make(Format::m4a, true);
  EXPECT_LT(box(m4a, {"moov", "mvex"}), box(m4a, {"moof"}));
  EXPECT_LT(box(m4a, {"moof"}), box(m4a, {"mdat"}));
  const std::size_t edit = box(m4a, {"moov", "trak", "edts", "elst"});
  ASSERT_NE(edit, std::string::npos);
  EXPECT_EQ(big(m4a, edit + 12, 4), 1'024);
}

TEST(M4a, in_a_file_that_cannot_be_read_has_its_index_behind) {
  char name[] = "/tmp/soundbite-media-test-XXXXXX";
  const File kept(::mkstemp(name));
  const File write_only(::open(name, O_WRONLY | O_CLOEXEC));
  ::unlink(name);
  const auto samples = sine(rate, 0.5);
  const EncodeJob job{rate, *plan_output({.format = Format::m4a}, rate)};
  ASSERT_TRUE(encode(job, source_of(samples), write_only.fd(), [](std::uint64_t) {}));
  const std::string m4a = bytes_of(kept);
  EXPECT_GT(box(m4a, {"moov"}), box(m4a, {"mdat"}));
  EXPECT_NEAR(decode(kept).declared_s, 0.5, 0.001);
}

TEST(Adts, is_a_row_of_frames) {
  const std::string aac = make(Format::aac, false);
  std::size_t at = 0, count = 0;
  for (; at < aac.size(); ++count) {
    ASSERT_EQ(big(aac, at, 2) & 0xFFF6, 0xFFF0);
    at += big(aac, at + 3, 3) >> 5 & 0x1FFF;
  }
  EXPECT_EQ(at, aac.size());
  EXPECT_NEAR(static_cast<double>(count), (frames_in + 1'024) / 1'024.0, 1);
}

TEST(Sink, writes_from_the_files_position_on_and_leaves_it_behind_the_audio) {
  const File file = memory_file();
  ASSERT_TRUE(file.write_all(std::as_bytes(std::span("before", 6))));
  const auto samples = sine(rate, 0.1);
  const EncodeJob job{rate, *plan_output({.format = Format::wav}, rate)};
  ASSERT_TRUE(encode(job, source_of(samples), file.fd(), [](std::uint64_t) {}));
  ASSERT_TRUE(file.write_all(std::as_bytes(std::span("after", 5))));
  const std::string bytes = bytes_of(file);
  EXPECT_EQ(bytes.size(), 6 + 44 + samples.size() * 2 + 5);
  EXPECT_EQ(bytes.substr(0, 10), "beforeRIFF");
  EXPECT_EQ(little(bytes, 6 + 4, 4), 36 + samples.size() * 2);
  EXPECT_TRUE(bytes.ends_with("after"));
}

TEST(Sink, takes_a_file_opened_to_append_for_a_pipe) {
  char name[] = "/tmp/soundbite-media-test-XXXXXX";
  const File kept(::mkstemp(name));
  const File appending(::open(name, O_WRONLY | O_APPEND | O_CLOEXEC));
  ::unlink(name);
  const auto samples = sine(rate, 0.1);
  const EncodeJob job{rate, *plan_output({.format = Format::wav}, rate)};
  ASSERT_TRUE(encode(job, source_of(samples), appending.fd(), [](std::uint64_t) {}));
  EXPECT_EQ(little(bytes_of(kept), 4, 4), 0xFFFF'FFFF);
}

TEST(Sink, says_that_it_waits_for_a_slow_reader) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  File read_end(ends[0]);
  const File write_end(ends[1]);
  const auto samples = sine(rate, 20);
  const EncodeJob job{rate, *plan_output({.format = Format::wav}, rate)};
  std::uint64_t last = UINT64_MAX;
  std::thread listener;
  const auto report = encode(job, source_of(samples), write_end.fd(), [&](std::uint64_t frames) {
    // The second call for the same block comes from the wait.
    if (frames == last && !listener.joinable()) {
      listener = std::thread([&] {
        std::array<char, 4'096> block;
        std::size_t left = 44 + samples.size() * 2;
        while (left > 0) left -= static_cast<std::size_t>(::read(read_end.fd(), block.data(), block.size()));
      });
    }
    last = frames;
  });
  ASSERT_TRUE(listener.joinable());
  listener.join();
  EXPECT_TRUE(report);
}

TEST(Sink, answers_unavailable_when_its_reader_is_gone) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  const File write_end(ends[1]);
  ::signal(SIGPIPE, SIG_IGN);
  const auto samples = sine(rate, 1);
  const EncodeJob job{rate, *plan_output({.format = Format::mp3}, rate)};
  const auto report = encode(job, source_of(samples), write_end.fd(), [](std::uint64_t) {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace soundbite::media
