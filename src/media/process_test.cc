#include "media/process.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "media/processor_test.h"

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
    const Produced produced = produce({operation::Loudness{.target_lufs = -16, .true_peak_dbtp = -1.5}},
                                      {syllables(6, 0.2, rate), syllables(6, 0.2, rate)}, traits.format);
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
    EXPECT_NEAR(*produced.verification().achieved_lufs, -16, 0.5);
    EXPECT_LE(*produced.verification().achieved_true_peak, -1.4);
  }
}

TEST(Process, makes_good_what_an_mp3_encoder_takes_at_each_bitrate) {
  const File file = make_media({"wav", "pcm_f32le"}, rate, {syllables(6, 0.2, rate), syllables(6, 0.2, rate)});
  for (const int bitrate : {64'000, 128'000, 160'000, 192'000, 224'000, 256'000, 320'000}) {
    MediaTask task = task_of({operation::Loudness{.target_lufs = -20, .true_peak_dbtp = -1}}, Format::mp3);
    task.output.bitrate = bitrate;
    const Produced produced = produce(task, {&file});
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_NEAR(*produced.verification().achieved_lufs, -20, 0.2) << bitrate;
  }
}

TEST(Process, brings_short_clips_to_their_loudness_or_says_why_not) {
  for (const double seconds : {0.2, 0.399, 1.0, 1.4}) {
    SCOPED_TRACE(seconds);
    const Produced produced = produce({operation::Loudness{}}, {syllables(seconds, 0.05, rate)});
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
    if (produced.verification().reason.empty()) EXPECT_NEAR(*produced.verification().achieved_lufs, -16, 0.5);
  }
}

TEST(Process, keeps_the_true_peak_where_loudness_asks_for_more_than_it_allows) {
  std::vector<float> samples = syllables(5, 0.02, rate);
  for (std::size_t i = 0; i < samples.size(); i += 24'000) samples[i] = 0.9F;
  for (const Format format : {Format::wav, Format::mp3}) {
    SCOPED_TRACE(traits_of(format).name);
    const Produced produced =
        produce({operation::Loudness{.target_lufs = -8, .true_peak_dbtp = -3}}, {samples}, format);
    ASSERT_TRUE(produced.outcome);
    EXPECT_TRUE(produced.verification().pass) << produced.verification().reason;
    EXPECT_LE(*produced.verification().achieved_true_peak, -2.9);
    EXPECT_THAT(produced.verification().reason, testing::HasSubstr("under a ceiling of -3.0 dBTP"));
    EXPECT_THAT(produced.verification().reason, testing::HasSubstr("limiting"));
  }
}

TEST(Process, passes_silence_through) {
  const Produced produced = produce({operation::Loudness{}}, {std::vector<float>(rate, 0.0F)});
  ASSERT_TRUE(produced.outcome);
  EXPECT_TRUE(produced.verification().pass);
  EXPECT_FALSE(produced.verification().achieved_lufs);
  EXPECT_THAT(decoded(produced)[0], testing::Each(0.0F));
}

TEST(Process, takes_one_sample_and_a_constant) {
  for (const std::size_t length : {1UL, 40'000UL}) {
    const Produced produced = produce({operation::Loudness{}}, {std::vector<float>(length, 0.25F)});
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_EQ(decoded(produced)[0].size(), length);
    EXPECT_LE(*produced.verification().achieved_true_peak, -1.4);
  }
}

TEST(Process, turns_what_is_no_number_into_silence_and_keeps_what_is_over_full_scale_until_the_end) {
  std::vector<float> samples(1'000, 0.25F);
  samples[10] = std::numeric_limits<float>::quiet_NaN();
  samples[11] = -std::numeric_limits<float>::infinity();
  samples[12] = 3.0F;
  const Produced produced = produce({operation::Gain{.db = -12.0412}}, {samples});
  ASSERT_TRUE(produced.outcome);
  const auto output = decoded(produced)[0];
  EXPECT_EQ(output[10], 0);
  EXPECT_EQ(output[11], 0);
  EXPECT_NEAR(output[12], 0.75, 1e-4);
}

TEST(Process, tells_how_many_samples_are_no_numbers) {
  std::vector<float> samples(rate, 0.25F);
  samples[10] = std::numeric_limits<float>::quiet_NaN();
  samples[11] = std::numeric_limits<float>::infinity();
  const File file = make_media({"wav", "pcm_f32le"}, rate, {samples});
  MediaTask task = task_of({});
  task.analyse = true;
  const auto analysis = produce(task, {&file}).outcome->analysis;
  EXPECT_THAT(analysis, testing::HasSubstr("\"invalidSamples\":2"));
  EXPECT_THAT(analysis, testing::HasSubstr("\"code\":\"invalid_samples\""));
}

TEST(Process, applies_operations_in_the_order_given) {
  const Planar input = {joined({std::vector<float>(rate), ramp(rate), std::vector<float>(rate)})};
  const Produced produced =
      produce({operation::Trim{.start_s = 0.5, .end_s = 2.5}, operation::Silence{.minimum_s = 0.1, .keep_s = 0},
               operation::Channels{.count = 2}, operation::Gain{.db = -6.0206}},
              input);
  ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
  const Planar output = decoded(produced);
  ASSERT_EQ(output.size(), 2);
  EXPECT_EQ(output[0], output[1]);
  EXPECT_NEAR(static_cast<double>(output[0].size()), rate, 150) << "the ramp's first samples are below the threshold";
  EXPECT_NEAR(output[0].back(), input[0][2 * rate - 1] / 2, 1e-4);
}

TEST(Process, judges_silence_behind_loudness_by_how_loud_it_has_become) {
  const Planar input = {joined({sine(rate, 1, 440, 0.001), sine(rate, 2, 440, 0.03)})};
  const operation::Silence silence{.threshold_db = -50, .minimum_s = 0.1, .keep_s = 0};
  const auto frames = [&](Recipe recipe) {
    return static_cast<double>(produce(std::move(recipe), input).outcome->frames);
  };
  EXPECT_NEAR(frames({silence, operation::Loudness{.target_lufs = -16}}), 2 * rate, 150);
  EXPECT_EQ(frames({operation::Loudness{.target_lufs = -16}, silence}), 3 * rate) << "-60 dB has become -46";
  EXPECT_EQ(frames({operation::Loudness{.target_lufs = -16}, operation::Gain{.db = 6}, silence}), 3 * rate);
  EXPECT_NEAR(frames({operation::Loudness{.target_lufs = -16}, operation::Gain{.db = -10}, silence}), 2 * rate, 150);
}

TEST(Process, names_the_operation_that_leaves_nothing) {
  const Produced produced = produce({operation::Gain{.db = 1}, operation::Trim{.start_s = 5}}, {ramp(rate)});
  EXPECT_EQ(produced.code(), "nothing_left");
  EXPECT_EQ(produced.pointer(), "/process/1");
}

TEST(Process, refuses_what_is_too_short_and_too_long) {
  const File file = make_media(wav, rate, {ramp(rate)});
  MediaTask task = task_of({});
  task.limits.min_seconds = 1.5;
  EXPECT_EQ(produce(task, {&file}).code(), "too_short");
  task.limits = {.max_seconds = 0.5};
  const Produced produced = produce(task, {&file});
  EXPECT_EQ(produced.code(), "too_long");
  EXPECT_EQ(produced.pointer(), "/fileId");
}

TEST(Process, gives_equal_bytes_for_equal_input) {
  for (const FormatTraits& traits : all_formats()) {
    const Recipe recipe = {operation::Denoise{}, operation::Tempo{.factor = 1.1}, operation::Loudness{}};
    const Planar samples = same_on_all(syllables(1.5, 0.1, rate), 2);
    EXPECT_EQ(bytes_of(produce(recipe, samples, traits.format).audio),
              bytes_of(produce(recipe, samples, traits.format).audio))
        << traits.name;
  }
}

TEST(Process, decodes_twice_or_keeps_samples_with_the_same_result) {
  const Planar samples = {syllables(4, 0.3, rate)};
  const File file = make_media(wav, rate, samples);
  const MediaTask task = task_of({operation::Loudness{.target_lufs = -12}, operation::Fade{.in_s = 0.1}});
  const Produced kept = produce(task, {&file});
  ASSERT_TRUE(kept.outcome);
  EXPECT_TRUE(kept.verification().pass) << kept.verification().reason;
  EXPECT_EQ(bytes_of(kept.audio), bytes_of(produce(task, {&file}).audio));
}

TEST(Process, keeps_rate_depth_and_channels) {
  for (const char* encoder : {"pcm_s16le", "pcm_s24le", "pcm_f32le"}) {
    const File file = make_media({"wav", encoder}, 44'100, same_on_all(sine(44'100, 0.5), 6));
    const Produced produced = produce(task_of({}), {&file});
    ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
    EXPECT_EQ(bytes_of(produced.audio), bytes_of(file)) << encoder;
  }
}

TEST(Process, carries_tags_and_lists_what_it_had_to_drop) {
  const File file = make_media({"flac", "flac", {}, {{"title", "A title"}, {"mood", "calm"}}}, rate, {ramp(rate)});
  const Produced flac = produce(task_of({}, Format::flac), {&file});
  ASSERT_TRUE(flac.outcome);
  EXPECT_THAT(flac.outcome->dropped, ElementsAre());
  EXPECT_THAT(bytes_of(flac.audio), testing::AllOf(testing::HasSubstr("A title"), testing::HasSubstr("calm")));
  const Produced m4a = produce(task_of({}, Format::m4a), {&file});
  ASSERT_TRUE(m4a.outcome);
  EXPECT_THAT(m4a.outcome->dropped, ElementsAre("tag mood"));
  EXPECT_THAT(bytes_of(m4a.audio), testing::HasSubstr("A title"));
}

TEST(Process, tells_progress_that_only_grows_and_ends_at_one) {
  const Produced produced = produce({operation::Loudness{}}, {syllables(3, 0.1, rate)}, Format::mp3);
  ASSERT_GT(produced.progress.size(), 10);
  EXPECT_TRUE(std::ranges::is_sorted(produced.progress));
  EXPECT_EQ(produced.progress.back(), 1);
}

TEST(Process, tells_progress_while_operations_hand_on_what_comes_behind_the_source) {
  const File intro = make_media(wav, rate, {ramp(rate / 10)});
  const File talk = make_media(wav, rate, {ramp(rate * 20)});
  MediaTask task = task_of({operation::Concat{.files = {FileId{}}}});
  task.inputs.push_back({"/process/0/fileIds/0", "talk.wav"});
  const Produced produced = produce(task, {&intro, &talk});
  ASSERT_TRUE(produced.outcome) << produced.outcome.error().message;
  // The source is at its end by then, and verifying has not begun.
  constexpr double encoded = 0.8;
  EXPECT_GT(std::ranges::count_if(produced.progress, [](double p) { return std::abs(p - encoded) < 1e-9; }), 50);
}

TEST(Process, stops_at_the_limit_of_output_bytes) {
  const File file = make_media(wav, rate, {ramp(rate * 4)});
  MediaTask task = task_of({});
  task.limits.max_output_bytes = 100'000;
  const Produced produced = produce(task, {&file});
  EXPECT_EQ(produced.code(), "limit_exceeded");
  EXPECT_EQ(produced.pointer(), "/output");
}

// Runs a task whose source or listener is at the other end of something.
struct Ends {
  explicit Ends(int type) { require(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) == 0, "no sockets"); }
  ~Ends() {
    for (const int fd : fds) ::close(fd);
  }
  int fds[2];
};

TEST(Process, takes_pcm_that_is_written_and_measures_it_before_it_encodes) {
  const auto samples = syllables(3, 0.1, 22'050);
  Ends ends(SOCK_STREAM);
  std::thread speaker([&] {
    const auto bytes = std::as_bytes(std::span(samples));
    for (std::size_t at = 0; at < bytes.size();) {
      at += static_cast<std::size_t>(
          ::write(ends.fds[0], bytes.data() + at, std::min<std::size_t>(bytes.size() - at, 9'999)));
    }
    ::shutdown(ends.fds[0], SHUT_WR);
  });
  MediaTask task{.pcm_rate = 22'050, .recipe = {operation::Loudness{}}, .output = {.format = Format::mp3}};
  const File audio = memory_file();
  const auto outcome = process(task, {.pcm = ends.fds[1], .audio = audio.fd()}, [](double) {});
  speaker.join();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->verification->pass) << outcome->verification->reason;
  EXPECT_EQ(outcome->sample_rate, 22'050);
  EXPECT_NEAR(outcome->duration_s, 3, 0.001);
}

TEST(Process, streams_the_source_to_who_looks_for_speech) {
  const File file = make_media(wav, rate, same_on_all(sine(rate, 2, 440, 0.5), 2));
  Ends ends(SOCK_STREAM);
  std::vector<float> heard;
  std::thread listener([&] {
    std::array<float, 1'024> block;
    for (ssize_t n; (n = ::recv(ends.fds[0], block.data(), sizeof block, MSG_WAITALL)) > 0;) {
      heard.insert(heard.end(), block.begin(), block.begin() + n / static_cast<ssize_t>(sizeof(float)));
    }
  });
  MediaTask task = task_of({operation::Loudness{}});
  task.tap_speech = true;
  const File audio = memory_file();
  const auto outcome =
      process(task, {.inputs = {file.fd()}, .audio = audio.fd(), .speech = ends.fds[1]}, [](double) {});
  listener.join();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(heard.size(), 32'000) << "once only";
  EXPECT_NEAR(level_db(heard), level_db(sine(16'000, 2, 440, 0.5)), 0.2);
}

TEST(Process, analyses_source_and_result_and_draws_the_result) {
  const File file = make_media(wav, rate, {syllables(2, 0.1, rate)});
  MediaTask task = task_of({operation::Loudness{}}, Format::mp3);
  task.analyse = true;
  const File audio = memory_file(), waveform = memory_file(), picture = memory_file(), spectrogram = memory_file();
  const auto outcome = process(task,
                               {.inputs = {file.fd()},
                                .audio = audio.fd(),
                                .waveform = waveform.fd(),
                                .waveform_png = picture.fd(),
                                .spectrogram_png = spectrogram.fd()},
                               [](double) {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(outcome->analysis, testing::StartsWith("{\"input\":{"));
  EXPECT_THAT(outcome->analysis, testing::HasSubstr(",\"output\":{"));
  EXPECT_EQ(*waveform.size(), 20 + 4 * ((2 * rate + 255) / 256));
  EXPECT_EQ(bytes_of(picture).substr(1, 3), "PNG");
  EXPECT_EQ(bytes_of(spectrogram).substr(1, 3), "PNG");
}

TEST(Process, analyses_without_making_audio) {
  const File file = make_media(wav, rate, {syllables(2, 0.1, rate)});
  MediaTask task = task_of({});
  task.analyse = true;
  task.make_audio = false;
  const File waveform = memory_file();
  const auto outcome = process(task, {.inputs = {file.fd()}, .waveform = waveform.fd()}, [](double) {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_THAT(outcome->analysis, testing::StartsWith("{\"input\":{"));
  EXPECT_GT(*waveform.size(), 20);
  EXPECT_FALSE(outcome->verification);
}

TEST(Process, draws_the_waveform_alone) {
  const File file = make_media(wav, rate, {syllables(2, 0.1, rate)});
  MediaTask task = task_of({});
  task.make_audio = false;
  task.draw_waveform = true;
  const File alone = memory_file();
  const auto outcome = process(task, {.inputs = {file.fd()}, .waveform = alone.fd()}, [](double) {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->analysis, "");
  task.analyse = true;
  task.draw_waveform = false;
  const File with_all = memory_file();
  ASSERT_TRUE(process(task, {.inputs = {file.fd()}, .waveform = with_all.fd()}, [](double) {}));
  EXPECT_EQ(bytes_of(alone), bytes_of(with_all));
}

}  // namespace
}  // namespace soundbite::media
