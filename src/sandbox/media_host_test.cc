#include "sandbox/media_host.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <numbers>
#include <thread>

#include "sandbox/testing/media_host_fixture.h"

namespace soundbite {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class MediaHostTest : public HostFixture {
 protected:
  static EncodeRequest request(Misbehaviour what) {
    return {.input_rate = static_cast<int>(what), .output = {.format = Format::wav}};
  }
  static File output() { return memory_file(); }

  // Writes until it fails or `seconds` of sound are in, then finishes.
  static Result<MediaReport> run(MediaHost& host, const EncodeRequest& request, const File& file, double seconds = 1) {
    auto encode = host.start(request, file);
    if (!encode) return std::unexpected(encode.error());
    std::vector<float> block(1'000);
    const auto total = static_cast<std::size_t>(seconds * request.input_rate);
    for (std::size_t at = 0; at < total; at += block.size()) {
      block.resize(std::min(block.size(), total - at));
      for (std::size_t i = 0; i < block.size(); ++i) {
        block[i] = 0.5F * std::sin(2 * std::numbers::pi_v<float> * 440.0F * static_cast<float>(at + i) /
                                   static_cast<float>(request.input_rate));
      }
      if (auto written = (*encode)->write(block); !written) return std::unexpected(written.error());
    }
    return (*encode)->finish();
  }
  Error error_of(MediaHost& host, Misbehaviour what, double seconds = 600) {
    const auto report = run(host, request(what), output(), seconds);
    return report ? Error{ErrorCode::internal, "it succeeded", {}} : report.error();
  }
};

TEST_F(MediaHostTest, encodes_to_every_format) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  for (const FormatTraits& traits : all_formats()) {
    const File file = output();
    const auto report = run(host, {.input_rate = 22'050, .output = {.format = traits.format, .channels = 2}}, file);
    ASSERT_TRUE(report) << traits.name << ": " << report.error().message;
    EXPECT_EQ(report->sample_rate, nearest_sample_rate(traits, 22'050));
    EXPECT_EQ(report->channels, 2);
    EXPECT_EQ(report->frames, static_cast<std::uint64_t>(report->sample_rate));
    EXPECT_EQ(report->duration_s, 1.0);
    EXPECT_GT(*file.size(), 1'000);
  }
  EXPECT_TRUE(hears_of_exit("ok", 7));
  EXPECT_THAT(metrics_text(registry_), HasSubstr("soundbite_media_encode_seconds_count{format=\"mp3\"} 1"));
  EXPECT_EQ(host.state(), "ok");
}

TEST_F(MediaHostTest, answers_invalid_with_the_field_before_any_child_is_forked) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  const auto encode =
      host.start({.input_rate = 22'050, .output = {.format = Format::opus, .sample_rate = 44'100}}, output());
  ASSERT_FALSE(encode);
  EXPECT_EQ(encode.error().code, ErrorCode::invalid);
  ASSERT_EQ(encode.error().fields.size(), 1);
  EXPECT_EQ(encode.error().fields[0].pointer, "/output/sampleRate");
}

TEST_F(MediaHostTest, answers_invalid_for_no_samples_at_all) {
  const auto report = run(open(SOUNDBITE_MEDIA), {.input_rate = 22'050, .output = {}}, output(), 0);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::invalid);
  EXPECT_TRUE(hears_of_exit("failed"));
}

TEST_F(MediaHostTest, tells_a_full_disk_from_other_failures) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  const File full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto report = run(host, {.input_rate = 22'050, .output = {.format = Format::wav}}, full, 60);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::storage_full);
  EXPECT_THAT(report.error().message, HasSubstr("No space left"));
}

TEST_F(MediaHostTest, keeps_what_a_child_says_printable) {
  const Error error = error_of(misbehaving(), Misbehaviour::report_error);
  EXPECT_EQ(error.code, ErrorCode::storage_full);
  EXPECT_EQ(error.message, "full?to the brim?");
}

TEST_F(MediaHostTest, answers_unavailable_when_a_child_is_killed) {
  MediaHost& host = misbehaving();
  auto encode = host.start(request(Misbehaviour::stop), output());
  ASSERT_TRUE(encode);
  ::kill(child(), SIGKILL);
  EXPECT_EQ((*encode)->finish().error().code, ErrorCode::unavailable);
  EXPECT_TRUE(hears_of_exit("killed"));
}

TEST_F(MediaHostTest, answers_internal_when_a_child_crashes) {
  MediaHost& host = misbehaving();
  for (const auto what : {Misbehaviour::crash, Misbehaviour::abort, Misbehaviour::exit_oddly}) {
    const Error error = error_of(host, what);
    EXPECT_EQ(error.code, ErrorCode::internal);
    EXPECT_THAT(error.message, HasSubstr("crashed"));
  }
  EXPECT_TRUE(hears_of_exit("crashed", 3));
}

TEST_F(MediaHostTest, blames_no_recording_for_what_an_encode_of_our_own_samples_does) {
  MediaHost& host = misbehaving();
  if (!unbearable_layers().has(Layer::seccomp)) {
    EXPECT_EQ(error_of(host, Misbehaviour::open_file).code, ErrorCode::internal);
    EXPECT_TRUE(hears_of_exit("sandbox_violation"));
  }
  if (!unbearable_layers().has(Layer::memory_limit)) {
    EXPECT_EQ(error_of(host, Misbehaviour::eat_memory).code, ErrorCode::unavailable);
    EXPECT_TRUE(hears_of_exit("resource_limit"));
  }
}

TEST_F(MediaHostTest, answers_internal_when_a_child_leaves_without_a_word) {
  EXPECT_EQ(error_of(misbehaving(), Misbehaviour::exit_silently).code, ErrorCode::internal);
}

TEST_F(MediaHostTest, passes_on_what_a_child_throws) {
  const Error error = error_of(misbehaving(), Misbehaviour::throw_exception);
  EXPECT_EQ(error.code, ErrorCode::internal);
  EXPECT_EQ(error.message, "thrown");
}

TEST_F(MediaHostTest, ends_a_child_that_takes_no_samples) {
  EXPECT_EQ(error_of(misbehaving(Seconds{2}), Misbehaviour::stop).code, ErrorCode::timeout);
  EXPECT_TRUE(hears_of_exit("hung"));
}

TEST_F(MediaHostTest, ends_a_child_that_does_not_finish) {
  EXPECT_EQ(error_of(misbehaving(Seconds{2}), Misbehaviour::stop_after_input, 1).code, ErrorCode::timeout);
  EXPECT_TRUE(hears_of_exit("hung"));
}

TEST_F(MediaHostTest, repeats_the_reason_when_asked_again) {
  MediaHost& host = misbehaving();
  auto encode = host.start(request(Misbehaviour::report_error), output());
  ASSERT_TRUE(encode);
  EXPECT_EQ((*encode)->finish().error().code, ErrorCode::storage_full);
  EXPECT_EQ((*encode)->finish().error().code, ErrorCode::storage_full);
  EXPECT_EQ((*encode)->write(std::array{0.0F}).error().code, ErrorCode::storage_full);
}

TEST_F(MediaHostTest, a_kill_from_another_thread_ends_a_write_that_waits) {
  MediaHost& host = misbehaving();
  auto encode = host.start(request(Misbehaviour::stop), output());
  ASSERT_TRUE(encode);
  const std::vector<float> block(10'000'000);
  std::jthread killer([&] { (*encode)->kill(); });
  EXPECT_EQ((*encode)->write(block).error().code, ErrorCode::cancelled);
  EXPECT_EQ((*encode)->finish().error().code, ErrorCode::cancelled);
  EXPECT_TRUE(hears_of_exit("cancelled"));
}

TEST_F(MediaHostTest, a_kill_from_another_thread_ends_a_finish_that_waits) {
  MediaHost& host = misbehaving();
  auto encode = host.start(request(Misbehaviour::stop_after_input), output());
  ASSERT_TRUE(encode);
  std::jthread killer([&] { (*encode)->kill(); });
  EXPECT_EQ((*encode)->finish().error().code, ErrorCode::cancelled);
}

TEST_F(MediaHostTest, dropping_an_encode_ends_its_child) {
  MediaHost& host = misbehaving();
  host.start(request(Misbehaviour::none), output())->reset();
  EXPECT_TRUE(hears_of_exit("cancelled"));
}

TEST_F(MediaHostTest, starts_again_after_the_zygote_was_killed) {
  MediaHost& host = misbehaving();
  ASSERT_TRUE(run(host, request(Misbehaviour::none), output()));
  const pid_t first = zygote();
  ::kill(first, SIGKILL);
  const auto report = run(host, request(Misbehaviour::none), output());
  // The kill may meet this encode, too; the one after it finds a new zygote.
  if (!report) EXPECT_EQ(report.error().code, ErrorCode::unavailable);
  ASSERT_TRUE(run(host, request(Misbehaviour::none), output()));
  EXPECT_NE(zygote(), first);
  EXPECT_EQ(host.state(), "ok");
}

TEST_F(MediaHostTest, answers_unavailable_to_every_encode_of_a_zygote_that_dies) {
  MediaHost& host = misbehaving();
  auto one = host.start(request(Misbehaviour::stop), output());
  auto other = host.start(request(Misbehaviour::stop), output());
  ASSERT_TRUE(one && other);
  report_of(host);
  ::kill(zygote(), SIGKILL);
  EXPECT_EQ((*one)->finish().error().code, ErrorCode::unavailable);
  EXPECT_EQ((*other)->finish().error().code, ErrorCode::unavailable);
  EXPECT_TRUE(hears_of_exit("host_died", 2));
}

TEST_F(MediaHostTest, outlives_a_request_to_stop_that_was_meant_for_the_server) {
  MediaHost& host = misbehaving();
  ASSERT_TRUE(run(host, request(Misbehaviour::none), output()));
  const pid_t first = zygote();
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::kill(first, number);
  ASSERT_TRUE(run(host, request(Misbehaviour::none), output()));
  EXPECT_EQ(zygote(), first);
}

TEST_F(MediaHostTest, leaves_no_process_behind_when_its_server_is_killed) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const File read_end(ends[0]);
  File write_end(ends[1]);
  const pid_t server = ::fork();
  if (server == 0) {
    MediaHost& host = misbehaving();
    auto encode = host.start(request(Misbehaviour::stop), output());
    const std::array<pid_t, 2> pids = {zygote(), child()};
    std::ignore = write_end.write_all(std::as_bytes(std::span(pids)));
    ::pause();
    ::_exit(1);
  }
  write_end.close();
  std::array<pid_t, 2> pids{};
  ASSERT_EQ(::read(read_end.fd(), pids.data(), sizeof pids), sizeof pids);
  ::kill(server, SIGKILL);
  ::waitpid(server, nullptr, 0);
  EXPECT_TRUE(vanishes(pids[0]));
  EXPECT_TRUE(vanishes(pids[1]));
}

TEST_F(MediaHostTest, says_which_program_cannot_be_started) {
  const auto host = start_media_host({.program = "/nowhere/soundbite-media"}, log_, registry_);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::unavailable);
  EXPECT_THAT(host.error().message, HasSubstr("/nowhere/soundbite-media: No such file"));
}

TEST_F(MediaHostTest, tells_of_a_program_that_ends_at_once) {
  MediaHost& host = open("/bin/false");
  const Error error = error_of(host, Misbehaviour::none);
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  for (int i = 0; i < 1'000 && host.state() == "ok"; ++i) std::this_thread::sleep_for(Milliseconds{5});
  EXPECT_THAT(host.state(), HasSubstr("/bin/false"));
}

TEST_F(MediaHostTest, gives_a_child_its_descriptors_and_no_others) {
  const File leaky(::open("/dev/null", O_RDONLY));  // without close-on-exec, as a careless library would
  const File file = output();
  // With seccomp it could not ask for all of this.
  ASSERT_TRUE(run(misbehaving_without({Layer::seccomp}), request(Misbehaviour::describe), file));
  const std::string text = text_of(file);
  // Standard streams, status, samples, output.
  const std::string fds = text.substr(text.find("fds"), text.find(" nice") - text.find("fds"));
  EXPECT_EQ(std::ranges::count(fds, ' '), 6) << fds;
  EXPECT_THAT(text, EndsWith(" nice 10 core 0 nofile 16"));
}

TEST_F(MediaHostTest, ignores_a_child_that_talks_too_much) {
  EXPECT_TRUE(run(misbehaving(), request(Misbehaviour::chatter), output()));
}

TEST_F(MediaHostTest, ends_with_its_children) {
  MediaHost& host = misbehaving();
  auto encode = host.start(request(Misbehaviour::stop), output());
  ASSERT_TRUE(encode);
  encode->reset();
  host_.reset();
  EXPECT_TRUE(children_of(::getpid()).empty());
}

TEST_F(MediaHostTest, leaks_neither_descriptors_nor_processes) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  const EncodeRequest wav{.input_rate = 22'050, .output = {.format = Format::wav}};
  ASSERT_TRUE(run(host, wav, output(), 0.01));
  ASSERT_TRUE(hears_of_exit("ok"));  // the zygote has let go of its descriptors by then
  const auto before = entries_of("/proc/self/fd").size();
  const auto zygote_before = entries_of("/proc/" + std::to_string(zygote()) + "/fd").size();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(run(host, wav, output(), 0.01));
  EXPECT_TRUE(hears_of_exit("ok", 101));
  EXPECT_EQ(entries_of("/proc/self/fd").size(), before);
  EXPECT_EQ(entries_of("/proc/" + std::to_string(zygote()) + "/fd").size(), zygote_before);
  EXPECT_EQ(children_of(::getpid()).size(), 1);
  EXPECT_TRUE(children_of(zygote()).empty());
}

TEST_F(MediaHostTest, encodes_on_many_threads_at_once) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        for (int n = 0; n < 5; ++n) {
          const auto format = all_formats()[static_cast<std::size_t>(i + n) % all_formats().size()].format;
          good += run(host, {.input_rate = 22'050, .output = {.format = format}}, output(), 0.5).has_value();
        }
      });
    }
  }
  EXPECT_EQ(good, 20);
}

TEST_F(MediaHostTest, streams_into_a_pipe_while_the_rest_is_made) {
  MediaHost& host = open(SOUNDBITE_MEDIA);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const File read_end(ends[0]);
  File write_end(ends[1]);
  auto encode = host.start({.input_rate = 22'050, .output = {.format = Format::mp3}}, write_end);
  ASSERT_TRUE(encode);
  write_end.close();
  ASSERT_TRUE((*encode)->write(std::vector<float>(22'050)));
  std::array<std::byte, 100'000> bytes;
  EXPECT_GT(::read(read_end.fd(), bytes.data(), bytes.size()), 0);
  ASSERT_TRUE((*encode)->finish());
  while (::read(read_end.fd(), bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace
}  // namespace soundbite
