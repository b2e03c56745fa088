#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "app/interrupts.h"
#include "app/media_settings.h"
#include "app/output_target.h"
#include "app/progress_bar.h"
#include "app/recording/analysis_report.h"
#include "app/recording/input_files.h"
#include "app/recording/memory_file.h"
#include "app/recording/terminal_waveform.h"
#include "app/say_request.h"
#include "job/waveform.h"
#include "sandbox/media_host.h"
#include "vad/silero.h"
#include "worker/speech_summary.h"

namespace soundbite {

namespace {

constexpr std::size_t max_waveform_bytes = 64 << 20;

// Where what is made beside the analysis is collected.
struct Pictures {
  File waveform;
  File waveform_png;
  File spectrogram_png;
};

Result<Pictures> make_pictures() {
  auto waveform = memory_file("waveform");
  auto waveform_png = memory_file("waveform-png");
  auto spectrogram_png = memory_file("spectrogram-png");
  if (!waveform || !waveform_png || !spectrogram_png) return fail(ErrorCode::unavailable, "no memory for the pictures");
  return Pictures{std::move(*waveform), std::move(*waveform_png), std::move(*spectrogram_png)};
}

Result<std::string> bytes_of(const File& file) {
  const auto size = file.size();
  if (!size) return std::unexpected(size.error());
  if (*size > max_waveform_bytes) return fail(ErrorCode::internal, "what was made is too large");
  std::string bytes(*size, '\0');
  const auto read = file.read_at(std::as_writable_bytes(std::span(bytes)), 0);
  if (!read || *read != bytes.size()) return fail(ErrorCode::unavailable, "what was made cannot be read again");
  return bytes;
}

Result<void> save(const std::string& path, const std::string& bytes) {
  auto target = OutputTarget::open(path);
  if (!target) return std::unexpected(target.error());
  if (auto written = target->file().write_all(std::as_bytes(std::span(bytes))); !written) return written;
  return target->commit();
}

// The analysis of the input, with the speech in it where the model is there.
Result<std::string> analyse(const std::string& path, const Config& config, MediaEngine& media,
                            const Pictures& pictures) {
  const auto input = open_input_file(path);
  if (!input) return std::unexpected(input.error());
  const auto detector = make_silero_detector({.onnxruntime_library = config.onnxruntime, .model = config.vad_model});
  const auto listener = detector->listen();
  ProgressBar bar(STDERR_FILENO);
  ProcessListener hears{.progress = [&bar](double done) { bar.show(done); }};
  if (listener) hears.speech = [&](std::span<const float> samples) { return (*listener)->hear(samples); };
  const MediaTask task{.inputs = {{"/input", std::filesystem::path(path).filename().string()}},
                       .recipe = {},
                       .output = {},
                       .make_audio = false,
                       .analyse = true,
                       .tap_speech = listener.has_value(),
                       .limits = media_limits(config)};
  const auto process = media.process(task,
                                     {.inputs = {&*input},
                                      .waveform = &pictures.waveform,
                                      .waveform_png = &pictures.waveform_png,
                                      .spectrogram_png = &pictures.spectrogram_png},
                                     std::move(hears));
  if (!process) return std::unexpected(process.error());
  auto outcome = (*process)->finish();
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  if (!listener) return outcome->analysis;
  const auto segments = (*listener)->finish();
  if (!segments) return std::unexpected(segments.error());
  return with_speech(std::move(outcome->analysis), *segments);
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

Result<std::string> report(const std::string& analysis, const std::string& waveform) {
  boost::system::error_code failed;
  const auto document = boost::json::parse(analysis, failed);
  const auto* whole = failed ? nullptr : document.if_object();
  const auto* input = whole ? whole->if_contains("input") : nullptr;
  if (!input || !input->is_object()) return fail(ErrorCode::internal, "the analysis has another form than it should");
  const auto parsed = parse_waveform(waveform);
  if (!parsed) return std::unexpected(parsed.error());
  return terminal_waveform(peaks_of(*parsed, terminal_columns())) + "\n" + analysis_report(input->as_object());
}

// Nothing but the waveform was asked: nothing else is measured.
bool is_for_the_waveform_alone(const Arguments& arguments) {
  return arguments.has("waveform") && !arguments.has("json") && !arguments.has("png") && !arguments.has("spectrogram");
}

Result<void> draw_waveform(const std::string& path, const Config& config, MediaEngine& media, const File& waveform) {
  const auto input = open_input_file(path);
  if (!input) return std::unexpected(input.error());
  ProgressBar bar(STDERR_FILENO);
  const MediaTask task{.inputs = {{"/input", std::filesystem::path(path).filename().string()}},
                       .recipe = {},
                       .output = {},
                       .make_audio = false,
                       .draw_waveform = true,
                       .limits = media_limits(config)};
  const auto process = media.process(task, {.inputs = {&*input}, .waveform = &waveform},
                                     {.progress = [&bar](double done) { bar.show(done); }});
  if (!process) return std::unexpected(process.error());
  if (const auto outcome = (*process)->finish(); !outcome) return std::unexpected(outcome.error());
  return {};
}

// --waveform out.json or out.dat, --png, --spectrogram.
Result<void> save_all(const Arguments& arguments, const Pictures& pictures, const std::string& waveform) {
  if (const auto path = arguments.value("waveform")) {
    const auto parsed = parse_waveform(waveform);
    if (!parsed) return std::unexpected(parsed.error());
    if (auto saved = save(*path, path->ends_with(".dat") ? waveform : to_audiowaveform_json(*parsed)); !saved)
      return saved;
  }
  const std::pair<const char*, const File*> files[] = {{"png", &pictures.waveform_png},
                                                       {"spectrogram", &pictures.spectrogram_png}};
  for (const auto& [flag, file] : files) {
    const auto path = arguments.value(flag);
    if (!path) continue;
    const auto bytes = bytes_of(*file);
    if (!bytes) return std::unexpected(bytes.error());
    if (auto saved = save(*path, *bytes); !saved) return saved;
  }
  return {};
}

Failure failure_of(const std::string& path, Error error) {
  for (auto& field : error.fields) {
    if (field.pointer == "/input") field.pointer.clear();  // the line begins with it
  }
  return {1, path + ": " + (error.fields.empty() ? error.message : explain_fields(error.fields))};
}

}  // namespace

CommandSpec analyze_spec() {
  return {
      .name = "analyze",
      .summary = "measure a recording: loudness, peaks, noise, speech, pictures",
      .words = "FILE|-",
      .max_words = 1,
      .options = {{.name = "json", .help = "print the whole analysis as JSON"},
                  {.name = "waveform",
                   .placeholder = "FILE",
                   .help = "write the waveform as audiowaveform has it, .json or .dat; alone, nothing else is measured",
                   .completes = Completes::file},
                  {.name = "png",
                   .placeholder = "FILE",
                   .help = "write a picture of the waveform",
                   .completes = Completes::file},
                  {.name = "spectrogram",
                   .placeholder = "FILE",
                   .help = "write a picture of the spectrogram",
                   .completes = Completes::file}},
      .settings = {"max-audio", "sandbox", "media-program", "onnxruntime", "vad-model"},
      .examples =
          "  soundbite analyze talk.wav\n"
          "  soundbite analyze talk.mp3 --png talk.png --spectrogram talk-spectrogram.png\n"
          "  soundbite analyze talk.flac --json | jq .input.loudness.integrated\n"
          "  soundbite analyze talk.ogg --waveform talk.json\n"};
}

Ending run_analyze(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  const Arguments& arguments = invocation.arguments;
  if (arguments.words().empty()) return called_wrongly("give a recording: soundbite analyze talk.wav");
  const std::string path = arguments.words().front();

  std::signal(SIGPIPE, SIG_IGN);
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  const auto media = start_media_host(media_options(loaded->config), log, registry);
  if (!media) return failed(media.error().message);
  const auto pictures = make_pictures();
  if (!pictures) return failed(pictures.error().message);
  if (is_for_the_waveform_alone(arguments)) {
    if (const auto drawn = draw_waveform(path, loaded->config, **media, pictures->waveform); !drawn)
      return std::unexpected(failure_of(path, drawn.error()));
    const auto waveform = bytes_of(pictures->waveform);
    if (!waveform) return failed(waveform.error().message);
    if (const auto saved = save_all(arguments, *pictures, *waveform); !saved) return failed(saved.error().message);
    return {};
  }
  const auto analysis = analyse(path, loaded->config, **media, *pictures);
  if (!analysis) return std::unexpected(failure_of(path, analysis.error()));
  const auto waveform = bytes_of(pictures->waveform);
  if (!waveform) return failed(waveform.error().message);
  if (const auto saved = save_all(arguments, *pictures, *waveform); !saved) return failed(saved.error().message);
  const auto shown = arguments.has("json") ? Result<std::string>(*analysis + "\n") : report(*analysis, *waveform);
  if (!shown) return failed(shown.error().message);
  std::fputs(shown->c_str(), stdout);
  return {};
}

}  // namespace soundbite
