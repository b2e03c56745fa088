#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <list>
#include <mutex>
#include <thread>

#include "app/commands.h"
#include "app/interrupts.h"
#include "app/media_settings.h"
#include "app/output_target.h"
#include "app/progress_bar.h"
#include "app/recording/input_files.h"
#include "app/recording/memory_file.h"
#include "app/recording/process_request.h"
#include "app/say_request.h"
#include "base/text.h"
#include "job/media_task_json.h"
#include "sandbox/media_host.h"

namespace soundbite {

namespace {

// What the recordings share while they are made in parallel.
class Batch {
 public:
  Batch(const ProcessRequest& request, MediaEngine& media, const MediaLimits& limits)
      : request_(request), media_(media), limits_(limits), done_(request.pieces.size()) {}

  // Works until nothing is left; on as many threads as call it.
  void work() {
    for (std::size_t place; (place = next_++) < request_.pieces.size();) {
      const auto& piece = request_.pieces[place];
      auto outcome = make(piece, place);
      report(piece, outcome, place);
    }
  }

  // Leaves no unfinished file behind; from the thread that takes signals.
  void discard_all() {
    const std::lock_guard lock(mutex_);
    for (auto& target : targets_) target.discard();
  }

  std::size_t failures() const { return failures_; }

 private:
  Result<MediaOutcome> make(const ProcessPiece& piece, std::size_t place) {
    std::vector<File> inputs;
    MediaTask task{.inputs = {}, .recipe = request_.recipe.recipe, .output = request_.output, .limits = limits_};
    std::vector<std::string> paths = {piece.input};
    paths.insert(paths.end(), request_.recipe.paths.begin(), request_.recipe.paths.end());
    for (const auto& path : paths) {
      auto file = open_input_file(path);
      if (!file) return std::unexpected(file.error());
      inputs.push_back(std::move(*file));
      task.inputs.push_back({pointer_to(task.inputs.size()), std::filesystem::path(path).filename().string()});
    }
    const auto opened = open_target(piece.target);
    if (!opened) return std::unexpected(opened.error());
    OutputTarget* const target = *opened;
    // A pipe cannot be read again, and what was made is measured once more.
    const bool stream = !target->bytes();
    const auto kept = stream ? memory_file("audio") : Result<File>();
    if (!kept) return std::unexpected(kept.error());
    ProcessFiles files{.inputs = {}, .audio = stream ? &*kept : &target->file()};
    for (const auto& input : inputs) files.inputs.push_back(&input);
    const auto process = media_.process(task, files, {.progress = [this, place](double done) { show(place, done); }});
    if (!process) return std::unexpected(process.error());
    auto outcome = (*process)->finish();
    if (!outcome) {
      target->discard();
      return std::unexpected(with_names(std::move(outcome.error()), paths));
    }
    if (stream) {
      if (auto copied = copy(*kept, target->file()); !copied) return std::unexpected(copied.error());
    }
    if (auto committed = target->commit(); !committed) return std::unexpected(committed.error());
    return outcome;
  }

  static std::string pointer_to(std::size_t input) { return "/inputs/" + std::to_string(input); }

  // Field errors by the names of their recordings and operations. The line begins with that of the first recording
  // already.
  Error with_names(Error error, const std::vector<std::string>& paths) const {
    const auto& origins = request_.recipe.origins;
    for (auto& field : error.fields) {
      for (std::size_t i = 0; i < origins.size(); ++i) {
        if (field.pointer == "/process/" + std::to_string(i)) field.pointer = origins[i] + ":";
      }
      for (std::size_t i = 0; i < paths.size(); ++i) {
        if (field.pointer == pointer_to(i)) field.pointer = i == 0 ? "" : paths[i] + ":";
      }
    }
    return error;
  }

  Result<OutputTarget*> open_target(const std::string& path) {
    auto target = OutputTarget::open(path);
    if (!target) return std::unexpected(target.error());
    const std::lock_guard lock(mutex_);
    targets_.push_back(std::move(*target));
    return &targets_.back();
  }

  void show(std::size_t place, double done) {
    const std::lock_guard lock(mutex_);
    done_[place] = done;
    double sum = 0;
    for (const double one : done_) sum += one;
    bar_.show(sum / static_cast<double>(done_.size()));
  }

  void report(const ProcessPiece& piece, const Result<MediaOutcome>& outcome, std::size_t place) {
    show(place, 1);
    const std::lock_guard lock(mutex_);
    bar_.clear();
    std::FILE* out = piece.target == "-" ? stderr : stdout;
    if (!outcome) {
      ++failures_;
      const std::string why =
          outcome.error().fields.empty() ? outcome.error().message : explain_fields(outcome.error().fields);
      if (request_.json) {
        fmt::print(out, "{{\"input\":{},\"error\":{}}}\n", quote_json(piece.input), quote_json(why));
      } else {
        fmt::print(stderr, "soundbite: {}: {}\n", piece.input, why);
      }
      return;
    }
    if (request_.json) {
      fmt::print(out,
                 "{{\"input\":{},\"file\":{},\"format\":{},\"durationSeconds\":{:.3f},\"sampleRate\":{},\"channels\":{}"
                 ",\"verification\":{}}}\n",
                 quote_json(piece.input), piece.target == "-" ? "null" : quote_json(piece.target),
                 quote_json(traits_of(request_.output.format).name), outcome->duration_s, outcome->sample_rate,
                 outcome->channels, outcome->verification ? to_json(*outcome->verification) : "null");
    } else if (piece.target != "-") {
      fmt::print("{}  {:.2f} s{}\n", piece.target, outcome->duration_s, measured(outcome->verification));
    }
  }

  static std::string measured(const std::optional<Verification>& verification) {
    std::string text;
    if (!verification) return text;
    if (verification->achieved_lufs) text += fmt::format("  {:.1f} LUFS", *verification->achieved_lufs);
    if (verification->achieved_true_peak) text += fmt::format("  {:.1f} dBTP", *verification->achieved_true_peak);
    if (!verification->reason.empty()) text += "  (" + verification->reason + ")";
    return text;
  }

  const ProcessRequest& request_;
  MediaEngine& media_;
  const MediaLimits limits_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> failures_ = 0;
  std::mutex mutex_;
  std::vector<double> done_;         // of each recording
  std::list<OutputTarget> targets_;  // of all that were begun
  ProgressBar bar_{STDERR_FILENO};
};

Result<void> make_folders(const std::vector<ProcessPiece>& pieces) {
  for (const auto& piece : pieces) {
    const auto folder = std::filesystem::path(piece.target).parent_path();
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorCode::unavailable, folder.string() + ": " + error.message());
  }
  return {};
}

}  // namespace

CommandSpec process_spec() {
  return {.name = "process",
          .summary = "trim, normalise, clean and convert recordings, without a server",
          .words = "IN…",
          .max_words = 100'000,
          .options = process_options(),
          .settings = {"max-audio", "sandbox", "media-program"},
          .examples =
              "  soundbite process talk.wav -o talk.mp3 --trim 1:9.5 --loudness -16 --fade 0.2:1\n"
              "  soundbite process recordings/ -o finished/ --silence trim --loudness -16 --format opus\n"
              "  soundbite process intro.wav -o show.m4a --concat talk.flac --mix bed.mp3 --loudness -16\n"
              "  soundbite process talk.wav -o talk.flac --recipe podcast.json\n"
              "  arecord -d 10 -f cd | soundbite process - -o note.opus --denoise 12\n"};
}

Ending run_process(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  const auto request = read_process_request(invocation.arguments);
  if (!request) return std::unexpected(request.error());

  Interrupts interrupts;
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of the encoder's
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  const auto media = start_media_host(media_options(loaded->config), log, registry);
  if (!media) return failed(media.error().message);
  if (auto made = make_folders(request->pieces); !made) return failed(made.error().message);
  Batch batch(*request, **media, media_limits(loaded->config));
  interrupts.watch([&batch](int signal) {
    batch.discard_all();
    std::_Exit(128 + signal);
  });
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(request->parallel, request->pieces.size()); ++i)
      threads.emplace_back([&batch] { batch.work(); });
    batch.work();
  }
  if (batch.failures() == 0) return {};
  if (request->pieces.size() == 1) return std::unexpected(Failure{1, ""});
  return failed(std::to_string(batch.failures()) + " of " + std::to_string(request->pieces.size()) +
                " recordings could not be processed");
}

}  // namespace soundbite
