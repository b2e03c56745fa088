#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/commands.h"
#include "app/interrupts.h"
#include "app/media_settings.h"
#include "app/output_target.h"
#include "app/progress_bar.h"
#include "app/say_request.h"
#include "app/short_life.h"
#include "base/text.h"
#include "sandbox/media_host.h"
#include "service/soundbites.h"
#include "speech/engine.h"

namespace soundbite {

namespace {

Failure failure_of(const Error& error) {
  if (!error.fields.empty()) return {2, explain_fields(error.fields)};
  return {error.code == ErrorCode::invalid ? 2 : 1, error.message};
}

// Speaks into the encoder, chunk by chunk, so that the first audio is out while the rest is made.
Result<MediaReport> speak(const SayRequest& request, SpeechEngine& engine, MediaEngine& media, const File& output) {
  ProgressBar bar(STDERR_FILENO);
  const auto speech = engine.start(request.speech);
  if (!speech) return std::unexpected(speech.error());
  const auto encode = media.start({.input_rate = (*speech)->sample_rate(), .output = request.output}, output);
  if (!encode) return std::unexpected(encode.error());
  while (true) {
    const auto chunk = (*speech)->next({});
    if (!chunk) return std::unexpected(chunk.error());
    if (!*chunk) break;
    if (const auto written = (*encode)->write((*chunk)->samples); !written) return std::unexpected(written.error());
    bar.show((*chunk)->progress);
  }
  return (*encode)->finish();
}

std::string as_json(const SayRequest& request, const MediaReport& report, std::optional<std::uint64_t> bytes) {
  return fmt::format(
      "{{\"file\":{},\"format\":{},\"voice\":{},\"durationSeconds\":{:.3f},\"bytes\":{},\"sampleRate\":{},\"channels\":"
      "{}}}\n",
      request.target == "-" ? "null" : quote_json(request.target), quote_json(traits_of(request.output.format).name),
      quote_json(request.speech.voice_id), report.duration_s, bytes ? std::to_string(*bytes) : "null",
      report.sample_rate, report.channels);
}

// The audio is where it should be. Nothing is freed: giving back a voice piece by piece would cost a tenth of a short
// sentence's time, and the system does it at once.
[[noreturn]] void end_process() {
  std::fflush(nullptr);
  std::_Exit(0);
}

}  // namespace

CommandSpec say_spec() {
  std::vector<std::string> formats;
  for (const auto& traits : all_formats()) formats.emplace_back(traits.name);
  return {
      .name = "say",
      .summary = "speak a text into a file or a pipe, without a server",
      .words = "[TEXT|-]",
      .max_words = 1,
      .options = {{.name = "output",
                   .letter = 'o',
                   .placeholder = "FILE",
                   .help = "where the audio goes; - is standard output; the name tells the format",
                   .completes = Completes::file},
                  {.name = "voice",
                   .letter = 'v',
                   .placeholder = "ID",
                   .help = "who speaks; `soundbite voices` lists them (default: --default-voice of the settings)"},
                  {.name = "language",
                   .placeholder = "TAG",
                   .help = "language of the text, such as en-GB (default: the voice's own)"},
                  {.name = "speed", .placeholder = "FACTOR", .help = "0.25 to 4 (default: 1)"},
                  {.name = "volume", .placeholder = "DB", .help = "-24 to 24 decibels (default: 0)"},
                  {.name = "sentence-silence",
                   .placeholder = "SECONDS",
                   .help = "pause between sentences, 0 to 5 (default: 0.2)"},
                  {.name = "format",
                   .letter = 'f',
                   .placeholder = "FORMAT",
                   .help = "instead of what the name tells (default for a pipe: wav)",
                   .choices = formats},
                  {.name = "bitrate", .placeholder = "BITS", .help = "bits per second, where the format has a choice"},
                  {.name = "sample-rate",
                   .placeholder = "HZ",
                   .help = "default: the voice's own, or the nearest the format has"},
                  {.name = "channels", .placeholder = "N", .help = "1 or 2 (default: 1)"},
                  {.name = "json",
                   .help = "print file, duration, bytes and more as JSON; to standard error when the audio is on "
                           "standard output"}},
      .settings = {"voices-dir", "default-voice", "max-text", "onnxruntime", "media-program", "sandbox"},
      .examples =
          "  soundbite say \"Hello there.\" -o hello.mp3\n"
          "  soundbite say -o chapter.opus < chapter.txt\n"
          "  soundbite say \"Hello there.\" | aplay\n"
          "  soundbite say \"Guten Tag.\" --voice espeak:de --speed 0.9 -o gruss.flac\n"
          "  soundbite say \"Hello there.\" -o hello.m4a --json | jq .durationSeconds\n"};
}

Ending run_say(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  const Config& config = loaded->config;
  auto request = read_say_request(invocation.arguments, config);
  if (!request) return std::unexpected(request.error());

  expect_a_short_life();
  Interrupts interrupts;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of the encoder's
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  // The other program loads its libraries while this one loads the voice.
  const auto media = start_media_host(media_options(config), log, registry);
  if (!media) return failed(media.error().message);
  auto target = OutputTarget::open(request->target);
  if (!target) return std::unexpected(failure_of(target.error()));
  interrupts.watch([&target](int signal) {
    target->discard();
    std::_Exit(128 + signal);
  });

  const auto engine = make_speech_engine({.voices_dirs = config.voices_dirs,
                                          .onnxruntime_library = config.onnxruntime,
                                          .threads_per_run = 2,
                                          .first_audio = FirstAudio::early},
                                         log, registry);
  if (!engine) return failed(engine.error().message);
  auto& voice = request->speech.voice_id;
  if (voice.empty()) voice = config.default_voice.empty() ? first_working_voice(**engine) : config.default_voice;
  const auto report = speak(*request, **engine, **media, target->file());
  if (!report) return std::unexpected(failure_of(report.error()));
  const auto bytes = target->bytes();
  if (const auto committed = target->commit(); !committed) return failed(committed.error().message);
  if (request->json) std::fputs(as_json(*request, *report, bytes).c_str(), request->target == "-" ? stderr : stdout);
  end_process();
}

}  // namespace soundbite
