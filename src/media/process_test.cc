#include "media/process.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "media/made_media_test.h"

namespace soundbite::media {
namespace {

using testing::ElementsAre;

constexpr int rate = 48'000;
const MediaKind wav{"wav", "pcm_s16le"};

struct Produced {
  Result<MediaOutcome> outcome;
  File audio;
  std::vector<double> progress;
  std::string code() const { return outcome || outcome.error().fields.empty() ? "" : outcome.error().fields[0].code; }
  std::string pointer() const {
    return outcome || outcome.error().fields.empty() ? "" : outcome.error().fields[0].pointer;
  }
  const Verification& verification() const { return *outcome->verification; }
};

MediaTask task_of(Recipe recipe, Format format = Format::wav) {
  MediaTask task{.inputs = {{"/fileId", "recording.wav"}}, .recipe = std::move(recipe), .output = {.format = format}};
  task.limits.min_seconds = 0;
  return task;
}

Produced produce(const MediaTask& task, const std::vector<const File*>& inputs) {
  quieten_libav();
  Produced produced;
  produced.audio = memory_file();
  ProcessDescriptors descriptors{.audio = produced.audio.fd()};
  for (const File* file : inputs) descriptors.inputs.push_back(file->fd());
  produced.outcome = process(task, descriptors, [&](double done) { produced.progress.push_back(done); });
  return produced;
}

Produced produce(Recipe recipe, const Planar& samples, Format format = Format::wav, int sample_rate = rate) {
  const File file = make_media({"wav", "pcm_f32le"}, sample_rate, samples);
  return produce(task_of(std::move(recipe), format), {&file});
}

Planar decoded(const Produced& produced) { return decode(produced.audio).channel; }

// Every sample another one.
std::vector<float> ramp(std::size_t count) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<float>(i % 30'000) / 32'768;
  return samples;
}

// Speech as a meter sees it: bursts of noise-like sound, with peaks far above their mean.
std::vector<float> bursts(double seconds, double level, int sample_rate = rate) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * sample_rate));
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    const double noise = static_cast<double>(state >> 8) / (1 << 23) - 1;
    const double t = static_cast<double>(i) / sample_rate;
    const double envelope = std::pow(std::abs(std::sin(2 * std::numbers::pi * 3 * t)), 4);
    samples[i] = static_cast<float>(level * envelope * (0.3 * noise * noise * noise + std::sin(2 * std::numbers::pi * 180 * t)));
  }
  return samples;
}

TEST(Process, keeps_every_sample_when_nothing_is_asked) {
  const File file = make_media(wav, rate, {ramp(50'000), ramp(50'000)});
  const Produced produced = produce(task_of({}), {&file});
  ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
  EXPECT_EQ(bytes_of(produced.audio), bytes_of(file));
  EXPECT_EQ(produced.outcome->frames, 50'000);
  EXPECT_EQ(produced.outcome->channels, 2);
  EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
}

TEST(Process, brings_speech_to_its_loudness_in_every_format) {
  for (const FormatTraits& traits : all_formats()) {
    SCOPED_TRACE(traits.name);
    const Produced produced =
        produce({operation::Loudness{.target_lufs = -16, .true_peak_dbtp = -1.5}}, {bursts(6, 0.2), bursts(6, 0.2)}, traits.format);
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
    EXPECT_NEAR(*produced.verification().achieved_lufs, -16, 0.5);
    EXPECT_LE(*produced.verification().achieved_true_peak, -1.4);
  }
}

TEST(Process, brings_short_clips_to_their_loudness_or_says_why_not) {
  for (const double seconds : {0.2, 0.399, 1.0, 1.4}) {
    SCOPED_TRACE(seconds);
    const Produced produced = produce({operation::Loudness{}}, {bursts(seconds, 0.05)});
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
    if (produced.verification().reason.empty()) EXPECT_NEAR(*produced.verification().achieved_lufs, -16, 0.5);
  }
}

}  // namespace
}  // namespace soundbite::media
