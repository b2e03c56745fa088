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
  std::uint64_t not_finite = 0;
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
  read.not_finite = recording->not_finite();
  return read;
}

// A tone with a click 0.5 s in, of another height on each channel.
Planar tone_with_click(int rate, int channels, double seconds) {
  Planar samples;
  for (int c = 0; c < channels; ++c) {
    samples.push_back(sine(rate, seconds, 200 + 50 * c, 0.05));
    samples.back()[static_cast<std::size_t>(rate / 2)] = 0.9F;
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
      {"w64", {"w64", "pcm_s16le"}, any_rate, 6, 0},
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

}  // namespace
}  // namespace soundbite::media
