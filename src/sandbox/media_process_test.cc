// Tasks that read recordings: what goes in, what comes back, and what becomes of children that misbehave.
#include <fcntl.h>
#include <unistd.h>

#include <cmath>

#include "sandbox/testing/media_host_fixture.h"

namespace soundbite {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The layer that a test is about cannot go with the sanitizer it is built with.
#define NEEDS_LAYER(layer) \
  if (unbearable_layers().has(layer)) GTEST_SKIP() << name_of(layer) << " does not go with a sanitizer"

struct Heard {
  std::vector<double> progress;
  std::vector<float> speech;
};

class MediaProcessTest : public HostFixture {
 protected:
  // A recording, which the task's child takes as an order to misbehave.
  static MediaTask recording(Misbehaviour what) {
    return {.inputs = {{.pointer = "/source/file", .name = std::to_string(static_cast<int>(what))}},
            .output = {.format = Format::wav}};
  }
  static MediaTask speaking(Misbehaviour what) {
    MediaTask task = recording(what);
    task.tap_speech = true;
    return task;
  }
  static MediaTask samples(Misbehaviour what) {
    MediaTask task{.pcm_rate = static_cast<int>(what), .output = {.format = Format::wav}};
    return task;
  }

  std::unique_ptr<Process> start(MediaHost& host, const MediaTask& task) {
    ProcessFiles files{.audio = &output_};
    if (!task.inputs.empty()) files.inputs.assign(task.inputs.size(), &input_);
    auto process = host.process(task, files,
                                {.progress = [this](double done) { heard_.progress.push_back(done); },
                                 .speech = [this](std::span<const float> some) -> Result<void> {
                                   heard_.speech.insert(heard_.speech.end(), some.begin(), some.end());
                                   return {};
                                 }});
    if (!process) throw std::runtime_error(process.error().message);
    return std::move(*process);
  }
  Result<MediaOutcome> run(MediaHost& host, const MediaTask& task) { return start(host, task)->finish(); }
  Error error_of(MediaHost& host, const MediaTask& task) {
    const auto outcome = run(host, task);
    return outcome ? Error{ErrorCode::internal, "it succeeded", {}} : outcome.error();
  }
  // The code of the one field error, which is at the source.
  std::string blamed(MediaHost& host, const MediaTask& task) {
    const Error error = error_of(host, task);
    if (error.code != ErrorCode::invalid || error.fields.size() != 1) return "not blamed: " + error.message;
    EXPECT_EQ(error.fields[0].pointer, "/source/file");
    return error.fields[0].code;
  }

  const File input_ = memory_file("input");
  const File output_ = memory_file("output");
  Heard heard_;
};

TEST_F(MediaProcessTest, answers_what_the_child_reports) {
  const auto outcome = run(misbehaving(), recording(Misbehaviour::none));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->sample_rate, 8'000);
  EXPECT_EQ(outcome->duration_s, 1);
  EXPECT_TRUE(hears_of_exit("ok"));
  EXPECT_THAT(metrics_text(registry_), HasSubstr("soundbite_media_process_seconds_count 1"));
}

TEST_F(MediaProcessTest, hands_samples_to_a_task_that_wants_them) {
  const auto process = start(misbehaving(), samples(Misbehaviour::none));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(process->write(std::vector<float>(10'000)));
  const auto outcome = process->finish();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->frames, 1'000'000);
}

TEST_F(MediaProcessTest, passes_on_progress_as_a_part_of_the_whole) {
  ASSERT_TRUE(run(misbehaving(), recording(Misbehaviour::chatter)));
  ASSERT_FALSE(heard_.progress.empty());
  EXPECT_EQ(heard_.progress[0], 0.5);
}

TEST_F(MediaProcessTest, passes_on_all_speech) {
  ASSERT_TRUE(run(misbehaving(), speaking(Misbehaviour::speak)));
  EXPECT_EQ(heard_.speech, std::vector<float>(160'000, 0.25F));
}

TEST_F(MediaProcessTest, hears_speech_while_it_writes_more_than_any_buffer_holds) {
  MediaTask task = samples(Misbehaviour::speak);
  task.tap_speech = true;
  const auto process = start(misbehaving(), task);
  ASSERT_TRUE(process->write(std::vector<float>(2'000'000)));
  ASSERT_TRUE(process->finish());
  EXPECT_EQ(heard_.speech.size(), 160'000);
}

TEST_F(MediaProcessTest, keeps_speech_finite_within_full_scale_and_whole) {
  ASSERT_TRUE(run(misbehaving(), speaking(Misbehaviour::speak_wildly)));
  EXPECT_EQ(heard_.speech, (std::vector<float>{0, 1, -1}));
}

TEST_F(MediaProcessTest, ends_with_the_error_of_who_listens_to_speech) {
  MediaHost& host = misbehaving();
  const MediaTask task = speaking(Misbehaviour::speak);
  auto process = host.process(task, {.inputs = {&input_}, .audio = &output_},
                              {.progress = {}, .speech = [](std::span<const float>) -> Result<void> {
                                 return fail(ErrorCode::unavailable, "no ears");
                               }});
  ASSERT_TRUE(process);
  EXPECT_EQ((*process)->finish().error(), (Error{ErrorCode::unavailable, "no ears", {}}));
  EXPECT_EQ((*process)->finish().error().message, "no ears");
}

TEST_F(MediaProcessTest, gives_a_child_its_descriptors_and_no_others) {
  // With seccomp the child could not ask for all of what it was given.
  MediaHost& host = misbehaving_without({Layer::seccomp});
  MediaTask task = recording(Misbehaviour::describe);
  ASSERT_TRUE(run(host, task));
  // Standard streams, status, task, report, output, input.
  const std::string text = text_of(output_);
  const std::string fds = text.substr(text.find("fds"), text.find(" nice") - text.find("fds"));
  EXPECT_EQ(std::ranges::count(fds, ' '), 8) << fds;
}

TEST_F(MediaProcessTest, gives_inputs_for_reading_alone_even_when_they_are_open_for_more) {
  ASSERT_TRUE(input_.write_all(std::as_bytes(std::span("recording"))));
  ASSERT_TRUE(run(misbehaving(), recording(Misbehaviour::write_to_input)));
  EXPECT_THAT(text_of(input_), StartsWith("recording"));
  EXPECT_EQ(::lseek(input_.fd(), 0, SEEK_CUR), 10);  // of its own, too
}

TEST_F(MediaProcessTest, refuses_files_that_do_not_go_with_the_task) {
  MediaHost& host = misbehaving();
  const auto process = host.process(recording(Misbehaviour::none), {.audio = &output_}, {});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().code, ErrorCode::internal);
}

TEST_F(MediaProcessTest, names_the_input_that_is_one_too_many) {
  MediaHost& host = misbehaving();
  MediaTask task = recording(Misbehaviour::none);
  task.inputs.resize(300, {.pointer = "/operations/7/files/3", .name = ""});
  ProcessFiles files{.audio = &output_};
  files.inputs.assign(300, &input_);
  const auto process = host.process(task, files, {});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().code, ErrorCode::invalid);
  EXPECT_EQ(process.error().fields.at(0).pointer, "/operations/7/files/3");
}

TEST_F(MediaProcessTest, takes_as_many_inputs_as_a_recipe_may_name) {
  MediaTask task = recording(Misbehaviour::none);
  task.inputs.resize(1 + max_recipe_files, task.inputs[0]);
  EXPECT_TRUE(run(misbehaving(), task));
}

TEST_F(MediaProcessTest, blames_the_recording_whose_decoder_breaks_out) {
  NEEDS_LAYER(Layer::seccomp);
  MediaHost& host = misbehaving();
  const std::array all = {Misbehaviour::open_file, Misbehaviour::open_socket, Misbehaviour::fork,
                          Misbehaviour::exec,      Misbehaviour::map_code,    Misbehaviour::signal_others};
  for (const auto what : all) EXPECT_EQ(blamed(host, recording(what)), "sandbox_violation") << static_cast<int>(what);
  EXPECT_TRUE(hears_of_exit("sandbox_violation", all.size()));
}

TEST_F(MediaProcessTest, blames_the_recording_whose_decoder_crashes) {
  MediaHost& host = misbehaving();
  EXPECT_EQ(blamed(host, recording(Misbehaviour::crash)), "decoder_crash");
  EXPECT_EQ(blamed(host, recording(Misbehaviour::abort)), "decoder_crash");
  EXPECT_EQ(blamed(host, recording(Misbehaviour::exit_oddly)), "decoder_crash");
  EXPECT_TRUE(hears_of_exit("crashed", 3));
}

TEST_F(MediaProcessTest, blames_the_recording_that_becomes_too_large) {
  MediaTask task = recording(Misbehaviour::overfill_output);
  task.limits.max_output_bytes = 3'000'000;
  EXPECT_EQ(blamed(misbehaving(), task), "resource_limit");
  EXPECT_EQ(*output_.size(), 3'000'000);
  EXPECT_TRUE(hears_of_exit("resource_limit"));
}

TEST_F(MediaProcessTest, blames_the_recording_that_takes_too_much_memory) {
  NEEDS_LAYER(Layer::memory_limit);
  EXPECT_EQ(blamed(misbehaving(), recording(Misbehaviour::eat_memory)), "resource_limit");
}

TEST_F(MediaProcessTest, blames_no_recording_when_there_is_none) {
  MediaHost& host = misbehaving();
  EXPECT_EQ(error_of(host, samples(Misbehaviour::crash)).code, ErrorCode::internal);
}

TEST_F(MediaProcessTest, answers_unavailable_when_somebody_kills_the_child) {
  const auto process = start(misbehaving(), recording(Misbehaviour::stop));
  ::kill(child(), SIGKILL);
  EXPECT_EQ(process->finish().error().code, ErrorCode::unavailable);
}

TEST_F(MediaProcessTest, ends_a_child_that_says_nothing) {
  MediaHost& host = misbehaving(Seconds{2});
  EXPECT_EQ(error_of(host, recording(Misbehaviour::spin)).code, ErrorCode::timeout);
  EXPECT_TRUE(hears_of_exit("hung"));
}

TEST_F(MediaProcessTest, ends_a_child_that_closes_its_status_and_lives_on) {
  EXPECT_EQ(error_of(misbehaving(Seconds{2}), recording(Misbehaviour::close_status)).code, ErrorCode::timeout);
  EXPECT_TRUE(hears_of_exit("hung"));
}

TEST_F(MediaProcessTest, ends_a_child_that_stays_after_its_last_word) {
  EXPECT_EQ(error_of(misbehaving(), recording(Misbehaviour::linger)).code, ErrorCode::timeout);
  EXPECT_TRUE(hears_of_exit("hung"));
}

TEST_F(MediaProcessTest, trusts_no_child_whose_status_makes_no_sense) {
  MediaHost& host = misbehaving();
  EXPECT_EQ(blamed(host, recording(Misbehaviour::garble_status)), "sandbox_violation");
  EXPECT_EQ(blamed(host, recording(Misbehaviour::invent_status)), "sandbox_violation");
}

TEST_F(MediaProcessTest, trusts_no_child_whose_report_makes_no_sense) {
  MediaHost& host = misbehaving();
  EXPECT_EQ(error_of(host, recording(Misbehaviour::lie_about_length)).code, ErrorCode::internal);
  EXPECT_EQ(error_of(host, recording(Misbehaviour::garble_report)).code, ErrorCode::internal);
  EXPECT_EQ(error_of(host, recording(Misbehaviour::exit_silently)).code, ErrorCode::internal);
}

TEST_F(MediaProcessTest, ends_a_child_that_floods_the_speech_tap) {
  MediaTask task = speaking(Misbehaviour::flood_speech);
  task.limits.max_seconds = 60;
  EXPECT_EQ(blamed(misbehaving(), task), "sandbox_violation");
  EXPECT_LE(heard_.speech.size(), 61 * 16'000);
}

TEST_F(MediaProcessTest, a_kill_from_another_thread_ends_a_finish_that_waits) {
  const auto process = start(misbehaving(), recording(Misbehaviour::stop));
  std::jthread killer([&] { process->kill(); });
  EXPECT_EQ(process->finish().error().code, ErrorCode::cancelled);
  EXPECT_TRUE(hears_of_exit("cancelled"));
}

TEST_F(MediaProcessTest, a_kill_from_another_thread_ends_a_write_that_waits) {
  const auto process = start(misbehaving(), samples(Misbehaviour::stop));
  std::jthread killer([&] { process->kill(); });
  EXPECT_EQ(process->write(std::vector<float>(10'000'000)).error().code, ErrorCode::cancelled);
}

TEST_F(MediaProcessTest, dropping_a_process_ends_its_child) {
  start(misbehaving(), recording(Misbehaviour::stop)).reset();
  EXPECT_TRUE(hears_of_exit("cancelled"));
}

TEST_F(MediaProcessTest, starts_again_after_the_zygote_was_killed) {
  MediaHost& host = misbehaving();
  const auto caught = start(host, recording(Misbehaviour::stop));
  report_of(host);
  ::kill(zygote(), SIGKILL);
  EXPECT_EQ(caught->finish().error().code, ErrorCode::unavailable);
  EXPECT_TRUE(run(host, recording(Misbehaviour::none)));
}

TEST_F(MediaProcessTest, leaks_neither_descriptors_nor_processes) {
  MediaHost& host = misbehaving();
  MediaTask task = speaking(Misbehaviour::none);
  ASSERT_TRUE(run(host, task));
  const auto before = entries_of("/proc/self/fd").size();
  const auto zygote_before = entries_of("/proc/" + std::to_string(zygote()) + "/fd").size();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(run(host, task));
  for (int i = 0; i < 20; ++i) ASSERT_FALSE(run(host, speaking(Misbehaviour::crash)));
  EXPECT_TRUE(hears_of_exit("crashed", 20));
  EXPECT_EQ(entries_of("/proc/self/fd").size(), before);
  EXPECT_EQ(entries_of("/proc/" + std::to_string(zygote()) + "/fd").size(), zygote_before);
  EXPECT_TRUE(children_of(zygote()).empty());
}

TEST_F(MediaProcessTest, holds_children_strictly_on_this_machine) {
  if (!unbearable_layers().empty()) GTEST_SKIP() << "a sanitizer bears less";
  MediaHost& host = open({.program = MISBEHAVING_MEDIA, .require_strict = true});
  ASSERT_TRUE(host.report());
  EXPECT_EQ(host.report()->level, SandboxLevel::strict);
  EXPECT_THAT(host.report()->missing, testing::IsEmpty());
  EXPECT_EQ(host.report()->layers.size(), layer_count);
  EXPECT_EQ(host.advice(), "");
  EXPECT_THAT(metrics_text(registry_), HasSubstr("soundbite_sandbox_level 2\n"));
  EXPECT_TRUE(run(host, recording(Misbehaviour::none)));
}

// Every step, so that none of them makes a call that the sandbox forbids.
Recipe every_operation() {
  return {operation::Trim{.start_s = 0.1, .end_s = 1.9},
          operation::Silence{},
          operation::Denoise{},
          operation::Highpass{},
          operation::Lowpass{},
          operation::Tempo{.factor = 1.25},
          operation::Pitch{.semitones = 2},
          operation::Concat{.files = {FileId{}}, .crossfade_s = 0.1},
          operation::Mix{.bed = FileId{}, .ducking_db = 10},
          operation::Fade{.in_s = 0.1, .out_s = 0.1, .curve = operation::FadeCurve::sine},
          operation::Gain{.db = 3},
          operation::Loudness{},
          operation::Channels{.count = 2}};
}

// Two seconds of a tone, in `format`.
Result<File> tone(MediaHost& host, Format format) {
  constexpr int rate = 22'050;
  File file = memory_file();
  auto encode = host.start({.input_rate = rate, .output = {.format = format}}, file);
  if (!encode) return std::unexpected(encode.error());
  std::vector<float> samples(2 * rate);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = 0.3F * std::sin(static_cast<float>(i) * 0.1F);
  if (auto written = (*encode)->write(samples); !written) return std::unexpected(written.error());
  if (auto report = (*encode)->finish(); !report) return std::unexpected(report.error());
  return file;
}

TEST_F(MediaProcessTest, reads_works_on_and_makes_every_format_within_the_sandbox) {
  MediaHost& host = open({.program = SOUNDBITE_MEDIA, .require_strict = unbearable_layers().empty()});
  for (const FormatTraits& traits : all_formats()) {
    const auto source = tone(host, traits.format);
    ASSERT_TRUE(source) << traits.name << ": " << source.error().message;
    const File audio = memory_file(), waveform = memory_file(), picture = memory_file(), spectrogram = memory_file();
    const MediaTask task{.inputs = {{"/source/file", ""}, {"/operations/7/files/0", ""}, {"/operations/8/file", ""}},
                         .recipe = every_operation(),
                         .output = {.format = traits.format},
                         .analyse = true,
                         .tap_speech = true};
    auto process = host.process(task,
                                {.inputs = {&*source, &*source, &*source},
                                 .audio = &audio,
                                 .waveform = &waveform,
                                 .waveform_png = &picture,
                                 .spectrogram_png = &spectrogram},
                                {.progress = {}, .speech = [](std::span<const float>) { return Result<void>(); }});
    ASSERT_TRUE(process) << process.error().message;
    const auto outcome = (*process)->finish();
    ASSERT_TRUE(outcome) << traits.name << ": " << outcome.error().message;
    EXPECT_GT(outcome->duration_s, 2) << traits.name;
    EXPECT_GT(*audio.size(), 1'000);
    EXPECT_GT(*spectrogram.size(), 1'000);
  }
}

TEST_F(MediaProcessTest, works_on_samples_that_it_needs_twice) {
  MediaHost& host = open({.program = SOUNDBITE_MEDIA, .require_strict = unbearable_layers().empty()});
  const MediaTask task{.pcm_rate = 22'050, .recipe = {operation::Loudness{}}, .output = {.format = Format::mp3}};
  const File audio = memory_file();
  auto process = host.process(task, {.audio = &audio}, {});
  ASSERT_TRUE(process) << process.error().message;
  std::vector<float> samples(22'050);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = 0.1F * std::sin(static_cast<float>(i) * 0.1F);
  for (int second = 0; second < 10; ++second) ASSERT_TRUE((*process)->write(samples));
  const auto outcome = (*process)->finish();
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->duration_s, 10);
}

TEST_F(MediaProcessTest, names_the_layers_that_are_missing) {
  if (!unbearable_layers().empty()) GTEST_SKIP() << "a sanitizer bears less";
  MediaHost& host = misbehaving_without({Layer::landlock, Layer::pid_namespace});
  const SandboxReport report = report_of(host);
  EXPECT_EQ(report.level, SandboxLevel::partial);
  EXPECT_THAT(report.missing, testing::ElementsAre("pid_namespace", "landlock"));
  EXPECT_THAT(host.advice(), HasSubstr("lacks pid_namespace, landlock"));
  EXPECT_TRUE(run(host, recording(Misbehaviour::none)));
}

TEST_F(MediaProcessTest, works_with_each_layer_missing) {
  for (const Layer layer : LayerSet::all().list()) {
    EXPECT_TRUE(run(misbehaving_without({layer}), recording(Misbehaviour::none))) << name_of(layer);
    EXPECT_THAT(report_of(*host_).missing, testing::Contains(name_of(layer)));
  }
}

TEST_F(MediaProcessTest, calls_it_none_when_nothing_keeps_a_child_from_files_and_network) {
  MediaHost& host =
      misbehaving_without({Layer::net_namespace, Layer::mount_namespace, Layer::landlock, Layer::seccomp});
  EXPECT_EQ(report_of(host).level, SandboxLevel::none);
  EXPECT_THAT(metrics_text(registry_), HasSubstr("soundbite_sandbox_level 0\n"));
}

TEST_F(MediaProcessTest, does_not_start_when_less_than_the_required_sandbox_is_there) {
  const auto host = start_media_host({.program = MISBEHAVING_MEDIA,
                                      .require_strict = true,
                                      .withheld = LayerSet{Layer::landlock}.with(unbearable_layers())},
                                     log_, registry_);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::unavailable);
  EXPECT_THAT(host.error().message, HasSubstr("landlock"));
  EXPECT_THAT(host.error().message, HasSubstr("lsm="));
  EXPECT_TRUE(children_of(::getpid()).empty());
}

}  // namespace
}  // namespace soundbite
