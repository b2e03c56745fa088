#include "media/recording.h"

#include <gmock/gmock.h>

#include "media/made_media_test.h"

namespace soundbite::media {
namespace {

const MediaInput input{"/fileId", "recording"};

struct Read {
  Result<void> result;
  AudioFormat format;
  Planar samples;
  SourceFacts facts;
  Attachments attachments;
  std::size_t frames() const { return samples.empty() ? 0 : samples[0].size(); }
  std::string code() const { return result || result.error().fields.empty() ? "" : result.error().fields[0].code; }
};

Read read(const File& file, const MediaLimits& limits = {}, const MediaInput& name = input) {
  Read read{};
  auto recording = Recording::open(file.fd(), name, limits);
  if (!recording) {
    read.result = std::unexpected(recording.error());
    return read;
  }
  read.format = recording->format();
  read.attachments = recording->attachments();
  read.samples.resize(static_cast<std::size_t>(read.format.channels));
  for (;;) {
    auto more = recording->next([&](const AudioBlock& block) -> Result<void> {
      for (std::size_t c = 0; c < read.samples.size(); ++c) {
        read.samples[c].insert(read.samples[c].end(), block.channels[c], block.channels[c] + block.frames);
      }
      return {};
    });
    if (!more) read.result = std::unexpected(more.error());
    if (!more || !*more) break;
  }
  read.facts = recording->facts();
  return read;
}

// A tone with a click 0.5 s in, of another height on each channel.
Planar tone_with_click(int rate, int channels, double seconds) {
  Planar samples;
  for (int c = 0; c < channels; ++c) {
    samples.push_back(sine(rate, seconds, 200 + 50 * c, 0.05));
    if (seconds > 0.5) samples.back()[static_cast<std::size_t>(rate / 2)] = 0.9F;
  }
  return samples;
}

std::size_t loudest(const std::vector<float>& samples) {
  return static_cast<std::size_t>(std::ranges::max_element(samples, {}, [](float s) { return std::abs(s); }) -
                                  samples.begin());
}

struct Kind {
  std::string name;
  MediaKind media;
  std::vector<int> rates;
  int max_channels;
  std::size_t slack;  // frames too many, as much as the container cannot tell
  bool lossy = false;
  std::size_t delay = 0;  // of clicks, where the file does not tell of its encoder's
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

const std::vector<int> any_rate = {8'000, 22'050, 44'100, 48'000, 96'000};
const std::vector<int> mp3_rates = {8'000, 22'050, 44'100, 48'000};

std::vector<Kind> kinds() {
  return {
      {"wav", {"wav", "pcm_s16le"}, any_rate, 6, 0},
      {"wav8", {"wav", "pcm_u8"}, any_rate, 6, 0},
      {"wav24", {"wav", "pcm_s24le"}, any_rate, 6, 0},
      {"wav32", {"wav", "pcm_s32le"}, any_rate, 6, 0},
      {"wavf32", {"wav", "pcm_f32le"}, any_rate, 6, 0},
      {"wavf64", {"wav", "pcm_f64le"}, any_rate, 6, 0},
      {"alaw", {"wav", "pcm_alaw"}, any_rate, 6, 0},
      {"mulaw", {"wav", "pcm_mulaw"}, any_rate, 6, 0},
      {"w64", {"w64", "pcm_s16le"}, any_rate, 6, 3},
      {"rf64", {"wav", "pcm_s16le", {{"rf64", "always"}}}, any_rate, 6, 0},
      {"aiff", {"aiff", "pcm_s16be"}, any_rate, 6, 0},
      {"flac", {"flac", "flac"}, any_rate, 6, 0},
      {"flac24", {"flac", "flac", {}, {}, true}, any_rate, 6, 0},
      {"mp3", {"mp3", "libmp3lame"}, mp3_rates, 2, 0},
      {"mp3_without_tag", {"mp3", "libmp3lame", {{"write_xing", "0"}}}, mp3_rates, 2, 1'105 + 2'304, true, 1'105},
      {"adts", {"adts", "aac"}, any_rate, 6, 2'048, true, 1'024},
      {"m4a", {"ipod", "aac"}, any_rate, 6, 0, true},
      {"alac", {"ipod", "alac"}, any_rate, 6, 0},
      {"vorbis", {"ogg", "libvorbis"}, mp3_rates, 6, 0, true},
      {"opus", {"ogg", "libopus"}, {48'000}, 6, 0, true},
      {"oggflac", {"ogg", "flac"}, any_rate, 6, 0},
      {"caf", {"caf", "pcm_s16be"}, any_rate, 6, 0},
      {"mka", {"matroska", "pcm_s16le"}, any_rate, 6, 0},
      {"mka_flac", {"matroska", "flac"}, any_rate, 6, 0},
      {"webm", {"webm", "libopus"}, {48'000}, 6, 0, true},
  };
}

class EveryKind : public testing::TestWithParam<Kind> {};

TEST_P(EveryKind, decodes_with_its_length_and_its_clicks_in_their_places) {
  const Kind& kind = GetParam();
  for (const int rate : kind.rates) {
    for (const int channels : {1, 2, 6}) {
      if (channels > kind.max_channels) continue;
      SCOPED_TRACE(std::to_string(rate) + " Hz, " + std::to_string(channels) + " channels");
      const Planar samples = tone_with_click(rate, channels, 1.03);
      const Read decoded = read(make_media(kind.media, rate, samples));
      ASSERT_TRUE(decoded.result) << decoded.result.error().message;
      EXPECT_EQ(decoded.format, (AudioFormat{rate, channels}));
      EXPECT_GE(decoded.frames(), samples[0].size());
      EXPECT_LE(decoded.frames(), samples[0].size() + kind.slack);
      for (std::size_t c = 0; c < samples.size(); ++c) {
        if (c == 3 && kind.lossy) continue;  // LFE, of which encoders keep the lowest tones alone
        EXPECT_NEAR(static_cast<double>(loudest(decoded.samples[c])), rate / 2 + static_cast<int>(kind.delay), 10) << c;
      }
      EXPECT_FALSE(decoded.facts.truncated);
      EXPECT_FALSE(decoded.facts.concatenated);
      EXPECT_EQ(decoded.facts.decode_errors, 0);
      EXPECT_EQ(decoded.facts.encoder_delay_unknown, kind.delay > 0);
      if (decoded.facts.declared_s) EXPECT_NEAR(*decoded.facts.declared_s, 1.03, 0.06);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Recording, EveryKind, testing::ValuesIn(kinds()), [](const auto& p) { return p.param.name; });

std::string bytes_of_kind(const MediaKind& kind, double seconds = 2) {
  return bytes_of(make_media(kind, 44'100, tone_with_click(44'100, 2, seconds)));
}

TEST(Recording, tells_where_a_file_was_cut) {
  for (const MediaKind& kind : {MediaKind{"wav", "pcm_s16le"},
                                {"flac", "flac"},
                                {"mp3", "libmp3lame"},
                                {"ogg", "libvorbis"},
                                {"adts", "aac"},
                                {"aiff", "pcm_s16be"},
                                {"caf", "pcm_s16be"},
                                {"matroska", "flac"}}) {
    const std::string whole = bytes_of_kind(kind);
    EXPECT_FALSE(read(file_of(whole)).facts.truncated) << kind.muxer;
    for (const int percent : {20, 50, 80, 95, 99}) {
      const File cut =
          file_of(std::string_view(whole).substr(0, whole.size() * static_cast<std::size_t>(percent) / 100 - 1));
      const Read decoded = read(cut);
      if (decoded.result) {
        EXPECT_TRUE(decoded.facts.truncated) << kind.muxer << " at " << percent;
        EXPECT_LT(decoded.frames(), 90'000) << kind.muxer;
      } else {
        EXPECT_EQ(decoded.code(), "undecodable") << kind.muxer << " at " << percent;
      }
    }
  }
}

TEST(Recording, hears_joined_files_to_their_end_and_says_so) {
  for (const MediaKind& kind : {MediaKind{"mp3", "libmp3lame"},
                                {"mp3", "libmp3lame", {{"write_xing", "0"}, {"id3v2_version", "4"}}, {{"title", "x"}}},
                                {"ogg", "libvorbis"},
                                {"ogg", "libopus"},
                                {"adts", "aac"}}) {
    const bool told = kind.muxer != "adts";  // one stream of frames is like another
    const std::string one = bytes_of(make_media(kind, 48'000, tone_with_click(48'000, 2, 1)));
    const Read decoded = read(file_of(one + one));
    ASSERT_TRUE(decoded.result) << kind.muxer << decoded.result.error().message;
    EXPECT_EQ(decoded.facts.concatenated, told) << kind.muxer << kind.encoder;
    EXPECT_GT(decoded.frames(), 95'000) << kind.muxer << kind.encoder;
  }
}

TEST(Recording, is_renamed_when_its_extension_is_one_of_another_container) {
  const File mp3 = file_of(bytes_of_kind({"mp3", "libmp3lame"}, 0.5));
  EXPECT_TRUE(read(mp3, {}, {"/fileId", "a.WAV"}).facts.renamed);
  EXPECT_FALSE(read(mp3, {}, {"/fileId", "a.mp3"}).facts.renamed);
  EXPECT_FALSE(read(mp3, {}, {"/fileId", "notes.txt"}).facts.renamed);
  EXPECT_FALSE(read(mp3, {}, {"/fileId", "no extension"}).facts.renamed);
}

TEST(Recording, refuses_what_is_no_recording) {
  for (const std::string_view text :
       {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "<!DOCTYPE html><html><body>hello</body></html>",
        "#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "ffconcat version 1.0\nfile /etc/passwd\n",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n", "%PDF-1.7\n", "<svg xmlns=''/>", "", "x"}) {
    const Read decoded = read(file_of(text), {}, {"/fileId", "song.mp3"});
    EXPECT_EQ(decoded.code(), "unsupported_media") << text;
    ASSERT_FALSE(decoded.result);
    EXPECT_EQ(decoded.result.error().fields[0].pointer, "/fileId");
  }
}

// A header of WAV as someone with bad intent writes it.
std::string wav_header(std::uint16_t channels, std::uint32_t rate, std::uint32_t data_size) {
  const auto number = [](auto value) { return std::string(reinterpret_cast<const char*>(&value), sizeof value); };
  return "RIFF" + number(data_size + 36) + "WAVEfmt " + number(std::uint32_t{16}) + number(std::uint16_t{1}) +
         number(channels) + number(rate) + number(rate * channels * 2) +
         number(static_cast<std::uint16_t>(channels * 2)) + number(std::uint16_t{16}) + "data" + number(data_size);
}

TEST(Recording, refuses_impossible_rates_and_channels) {
  const std::string zeros(100'000, '\0');
  EXPECT_EQ(read(file_of(wav_header(1, 1, 100'000) + zeros)).code(), "limit_exceeded");
  EXPECT_EQ(read(file_of(wav_header(65'535, 48'000, 100'000) + zeros)).code(), "limit_exceeded");
  EXPECT_EQ(read(file_of(wav_header(9, 48'000, 100'000) + zeros)).code(), "limit_exceeded");
  EXPECT_EQ(read(file_of(wav_header(2, 2'000'000'000, 100'000) + zeros)).code(), "limit_exceeded");
}

TEST(Recording, takes_what_there_is_of_four_gigabytes_that_are_claimed_and_of_a_stream_of_unknown_length) {
  const std::string zeros(192'000, '\0');
  const Read claimed = read(file_of(wav_header(1, 48'000, 0xFFFF'FF00) + zeros));
  ASSERT_TRUE(claimed.result) << claimed.result.error().message;
  EXPECT_EQ(claimed.frames(), 96'000);
  EXPECT_TRUE(claimed.facts.truncated);
  EXPECT_NEAR(*claimed.facts.declared_s, 44'739, 1);
  EXPECT_EQ(claimed.facts.decoded_s, 2);
  const Read stream = read(file_of(wav_header(1, 48'000, 0xFFFF'FFFF) + zeros));
  ASSERT_TRUE(stream.result) << stream.result.error().message;
  EXPECT_EQ(stream.frames(), 96'000);
  EXPECT_FALSE(stream.facts.truncated);
}

// Overwrites big-endian bytes of a copy.
std::string with(std::string bytes, std::size_t at, std::initializer_list<int> values) {
  for (const int value : values) bytes.at(at++) = static_cast<char>(value);
  return bytes;
}

TEST(Recording, takes_a_short_file_whose_header_says_hours) {
  const MediaLimits limits{.max_seconds = 60};
  const std::string mp3 = bytes_of_kind({"mp3", "libmp3lame"}, 1);
  const std::string flac = bytes_of_kind({"flac", "flac"}, 1);
  const std::string m4a = bytes_of_kind({"ipod", "aac"}, 1);
  const std::size_t xing = std::min(mp3.find("Xing"), mp3.find("Info"));
  const std::string false_mp3 = with(mp3, xing + 8, {0x00, 0x20, 0x00, 0x00});
  const std::string false_flac = with(flac, 22, {0x7F, 0xFF, 0xFF, 0xFF});
  const std::string false_m4a = with(m4a, m4a.find("mdhd") + 20, {0x7F, 0xFF, 0xFF, 0xFF});
  for (const std::string* bytes : {&false_mp3, &false_flac, &false_m4a}) {
    const Read decoded = read(file_of(*bytes), limits);
    ASSERT_TRUE(decoded.result) << decoded.facts.container << decoded.result.error().message;
    EXPECT_NEAR(decoded.facts.decoded_s, 1.03, 0.06) << decoded.facts.container;
    if (bytes != &false_m4a) EXPECT_GT(*decoded.facts.declared_s, 10'000) << decoded.facts.container;
    if (bytes != &false_m4a) EXPECT_TRUE(decoded.facts.truncated) << decoded.facts.container;
  }
}

TEST(Recording, stops_a_bomb_of_silence_before_it_is_decoded_whatever_its_header_says) {
  const MediaLimits limits{.max_seconds = 60};
  const Planar silence = {std::vector<float>(8'000 * 120)};
  const std::string flac = bytes_of(make_media({"flac", "flac"}, 8'000, silence));
  const std::string opus = bytes_of(make_media({"ogg", "libopus"}, 8'000, silence));
  const std::string aac = bytes_of(make_media({"adts", "aac"}, 8'000, silence));
  const std::string mka = bytes_of(make_media({"matroska", "libopus"}, 8'000, silence));
  const std::string mp3 = bytes_of(make_media({"mp3", "libmp3lame"}, 8'000, silence));
  const std::string m4a = bytes_of(make_media({"ipod", "aac"}, 8'000, silence));
  const std::string vorbis = bytes_of(make_media({"ogg", "libvorbis"}, 8'000, silence));
  const std::string alac = bytes_of(make_media({"ipod", "alac"}, 8'000, silence));
  const std::string caf = bytes_of(make_media({"caf", "alac"}, 8'000, silence));
  const std::string unknown = with(with(flac, 22, {0, 0, 0, 0}), 21, {flac[21] & 0xF0});
  const std::string five_seconds = with(with(flac, 22, {0, 0, 0x9C, 0x40}), 21, {flac[21] & 0xF0});
  for (const std::string* bytes :
       {&flac, &unknown, &five_seconds, &opus, &aac, &mka, &mp3, &m4a, &vorbis, &alac, &caf}) {
    const auto opened = Recording::open(file_of(*bytes).fd(), input, limits);
    ASSERT_FALSE(opened) << bytes->substr(0, 4);
    EXPECT_EQ(opened.error().fields.at(0).code, "too_long");
  }
}

TEST(Recording, counts_no_packet_of_a_file_that_cannot_be_too_long) {
  const File file = make_media({"wav", "pcm_s16le"}, 8'000, {std::vector<float>(8'000 * 120)});
  EXPECT_EQ(read(file, {.max_seconds = 119}).code(), "too_long");
  EXPECT_TRUE(read(file, {.max_seconds = 120}).result);
}

TEST(Recording, takes_every_format_that_is_as_long_as_may_be) {
  const Planar samples = {std::vector<float>(48'000 * 2)};
  for (const MediaKind& kind : {MediaKind{"mp3", "libmp3lame"},
                                {"flac", "flac"},
                                {"ogg", "libopus"},
                                {"wav", "pcm_s16le"},
                                {"ogg", "libvorbis"},
                                {"ipod", "alac"},
                                {"matroska", "flac"}}) {
    const Read decoded = read(make_media(kind, 48'000, samples), {.max_seconds = 2});
    EXPECT_TRUE(decoded.result) << kind.muxer << decoded.code();
  }
}

TEST(Recording, refuses_tags_and_pictures_without_end) {
  const std::string audio = bytes_of_kind({"mp3", "libmp3lame"}, 0.5);
  const auto tag = [](std::string_view name, std::size_t size) {
    const auto synchsafe = [](std::size_t n) {
      std::string bytes;
      for (int shift = 21; shift >= 0; shift -= 7) bytes.push_back(static_cast<char>(n >> shift & 0x7F));
      return bytes;
    };
    return std::string("ID3\x04\0\0", 6) + synchsafe(size + 10) + std::string(name) + synchsafe(size) +
           std::string(2, '\0') + std::string(1, '\x03') + std::string(size - 1, 'a');
  };
  EXPECT_TRUE(read(file_of(tag("TIT2", 1'000) + audio)).result);
  EXPECT_EQ(read(file_of(tag("TIT2", 1'200'000) + audio)).code(), "limit_exceeded");
  EXPECT_EQ(read(file_of(tag("APIC", 60'000'000) + audio)).code(), "limit_exceeded");
}

TEST(Recording, refuses_a_long_chain_of_streams) {
  const std::string one = bytes_of(make_media({"ogg", "libopus"}, 48'000, {std::vector<float>(960)}));
  std::string chain;
  for (int i = 0; i < 500; ++i) chain += one;
  EXPECT_EQ(read(file_of(chain)).code(), "limit_exceeded");
}

TEST(Recording, refuses_boxes_within_boxes) {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) {
    const auto size = static_cast<std::uint32_t>(8 * (20'000 - i));
    for (int shift = 24; shift >= 0; shift -= 8) deep.push_back(static_cast<char>(size >> shift));
    deep += "moov";
  }
  EXPECT_THAT(read(file_of(std::string("\0\0\0\x14"
                                       "ftypM4A \0\0\0\0M4A ",
                                       20) +
                           deep))
                  .code(),
              testing::AnyOf("undecodable", "no_audio"));
}

TEST(Recording, reads_little_of_a_file_before_its_first_frame) {
  const Planar samples = same_on_all(sine(48'000, 20), 2);
  for (const MediaKind& kind : {MediaKind{"wav", "pcm_s16le"}, {"w64", "pcm_s16le"}, {"aiff", "pcm_s16be"}}) {
    const File file = make_media(kind, 48'000, samples);
    const auto recording = Recording::open(file.fd(), input, {});
    ASSERT_TRUE(recording);
    EXPECT_LT(recording->done(), 0.1) << kind.muxer;
  }
}

TEST(Recording, reads_tags_as_text_whatever_their_bytes) {
  std::string wav = bytes_of(
      make_media({"wav", "pcm_s16le", {}, {{"title", "Caf_"}, {"artist", "B"}}}, 48'000, {std::vector<float>(4'800)}));
  wav[wav.find("Caf_") + 3] = '\xE9';
  EXPECT_EQ(read(file_of(wav)).facts.tags.at("title"), "Caf\xC3\xA9");
}

TEST(Recording, counts_what_is_no_number) {
  std::vector<float> samples(4'800, 0.5F);
  samples[7] = std::numeric_limits<float>::infinity();
  samples[9] = std::numeric_limits<float>::quiet_NaN();
  const Read decoded = read(make_media({"wav", "pcm_f32le"}, 48'000, {samples}));
  EXPECT_EQ(decoded.facts.invalid_samples, 2);
  EXPECT_EQ(decoded.samples[0][7], 0);
  EXPECT_EQ(decoded.samples[0][8], 0.5F);
}

}  // namespace
}  // namespace soundbite::media
