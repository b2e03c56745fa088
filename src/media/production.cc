#include "media/production.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/audio_writer.h"
#include "media/carriage.h"
#include "media/decibel.h"
#include "media/operation/silence.h"
#include "media/operation/trim.h"
#include "media/refusal.h"

namespace soundbite::media {
namespace {

// Of the time that a typical task takes.
constexpr double measuring_weight = 1;
constexpr double encoding_weight = 4;
constexpr double verifying_weight = 1;
// A first one, and two with more headroom.
constexpr int most_encodings = 3;

bool is_trim_of_silence(const Operation& operation) {
  const auto* silence = std::get_if<operation::Silence>(&operation);
  return silence && silence->mode == operation::Silence::Mode::trim;
}

double total_weight(const MediaTask& task) {
  if (!task.make_audio) return measuring_weight;
  double total = encoding_weight + verifying_weight;
  for (const Operation& operation : task.recipe) {
    if (std::holds_alternative<operation::Loudness>(operation) || is_trim_of_silence(operation)) {
      total += measuring_weight;
    }
  }
  return total;
}

// LAME makes what it is given softer, so that less of it clips later, by a factor of its presets ("scale"); libav has
// no option for it. Measured: -0.44 dB to 160 kbit/s, -0.26 at 192, -0.17 at 224, none above.
double encoder_gain_db(const OutputPlan& plan) {
  constexpr int near_192 = 176'000, near_224 = 208'000, near_256 = 240'000;
  if (plan.format != Format::mp3 || plan.bitrate >= near_256) return 0;
  return to_db(plan.bitrate >= near_224 ? 0.98 : plan.bitrate >= near_192 ? 0.97 : 0.95);
}

// What encoding usually adds to peaks, in dB; where it adds more, verifying finds it.
double usual_headroom(Format format) {
  switch (format) {
    case Format::wav:
    case Format::flac: return 0.02;
    case Format::mp3:
    case Format::aac:
    case Format::m4a:
    case Format::opus:
    case Format::vorbis: return 1;
  }
  std::unreachable();
}

std::optional<std::size_t> last_loudness(const Recipe& recipe) {
  for (std::size_t i = recipe.size(); i > 0; --i) {
    if (std::holds_alternative<operation::Loudness>(recipe[i - 1])) return i - 1;
  }
  return std::nullopt;
}

int channels_after(const Recipe& recipe, int channels) {
  for (const Operation& operation : recipe) {
    if (const auto* mixed = std::get_if<operation::Channels>(&operation)) channels = mixed->count;
  }
  return channels;
}

// What comes behind it can only take away.
bool only_quieter_behind(const Recipe& recipe, std::size_t index) {
  return std::all_of(recipe.begin() + static_cast<std::ptrdiff_t>(index) + 1, recipe.end(), [](const Operation& o) {
    return std::holds_alternative<operation::Fade>(o) || std::holds_alternative<operation::Trim>(o);
  });
}

}  // namespace

Production::Production(const MediaTask& task, const ProcessDescriptors& descriptors,
                       std::function<void(double)> on_progress)
    : task_(task),
      descriptors_(descriptors),
      progress_(std::move(on_progress), total_weight(task)),
      room_(descriptors.spool) {
  const std::size_t first = task.pcm_rate ? 0 : 1;
  for (std::size_t i = first; i < task.inputs.size(); ++i) {
    files_.push_back({descriptors.inputs.at(i), task.inputs[i], task.limits});
  }
}

Result<MediaOutcome> Production::run() {
  auto source = Source::open(task_, descriptors_, progress_);
  if (!source) return std::unexpected(std::move(source.error()));
  source_.emplace(std::move(*source));
  MediaOutcome outcome;
  Result<void> done;
  if (task_.make_audio) {
    done = make_audio(outcome);
  } else {
    progress_.begin(measuring_weight);
    done = source_->playable().play([](const AudioBlock&) -> Result<void> { return {}; });
    if (done && source_->analyzer()) done = write_pictures(*source_->analyzer());
    if (done && source_->waveform()) done = write_waveform(*source_->waveform());
  }
  if (!done) return std::unexpected(std::move(done.error()));
  if (const std::string input = source_->take_analysis(); task_.analyse) {
    std::string document = input.empty() ? "" : "\"input\":" + input;
    if (!outcome.analysis.empty()) document += (document.empty() ? "\"output\":" : ",\"output\":") + outcome.analysis;
    outcome.analysis = "{" + document + "}";
  }
  progress_.finish();
  return outcome;
}

Result<void> Production::make_audio(MediaOutcome& outcome) {
  if (auto done = prepare(); !done) return done;
  Achieved achieved;
  for (int encoding = 1;; ++encoding) {
    level();
    progress_.begin(encoding == 1 ? encoding_weight : 0);
    std::optional<double> expected_lufs;
    auto frames = encode(expected_lufs);
    if (!frames) return std::unexpected(std::move(frames.error()));
    progress_.begin(encoding == 1 ? verifying_weight : 0);
    auto measured =
        measure_finished(descriptors_.audio, task_.analyse, levelling_ && levelling_->asked.dual_mono, progress_);
    if (!measured) return std::unexpected(std::move(measured.error()));
    achieved = std::move(*measured);
    outcome.frames = *frames;
    outcome.verification = verify(request(expected_lufs), achieved, encoding_.plan, *frames);
    if (encoding == most_encodings || !correct(achieved)) break;
  }
  outcome.sample_rate = encoding_.plan.sample_rate;
  outcome.channels = encoding_.plan.channels;
  outcome.duration_s = outcome.verification->predicted_s;
  outcome.dropped = dropped_from(source_->attachments(), encoding_.plan.format);
  outcome.analysis = std::move(achieved.analysis);
  return achieved.analyzer ? write_pictures(*achieved.analyzer) : Result<void>{};
}

// Plans everything, and measures what must be heard before it can be changed.
Result<void> Production::prepare() {
  current_ = source_->playable();
  format_ = current_.format;
  auto plan = plan_output(task_.output, format_.sample_rate, channels_after(task_.recipe, format_.channels));
  if (!plan) return std::unexpected(std::move(plan.error()));
  encoding_ = {.plan = *plan, .depth = source_->depth()};
  for (std::size_t i = 0; i < task_.recipe.size(); ++i) {
    if (auto done = add(task_.recipe[i], i); !done) return done;
  }
  return {};
}

Result<void> Production::add(const Operation& operation, std::size_t index) {
  if (const auto* loudness = std::get_if<operation::Loudness>(&operation)) return measure_loudness(*loudness, index);
  if (is_trim_of_silence(operation)) return trim_silence(std::get<operation::Silence>(operation), index);
  const std::size_t named = files_named_by(operation);
  auto planned = plan_steps(operation, index, format_, std::span(files_).first(named), room_);
  if (!planned) return std::unexpected(std::move(planned.error()));
  files_.erase(files_.begin(), files_.begin() + static_cast<std::ptrdiff_t>(named));
  for (PlannedStep& step : *planned) {
    pending_.push_back(std::move(step.step));
    format_ = step.output;
  }
  return {};
}

Result<void> Production::measure_loudness(const operation::Loudness& loudness, std::size_t index) {
  const bool last = last_loudness(task_.recipe) == index;
  // What the output's rate and channels take away is measured with it.
  const AudioFormat output{encoding_.plan.sample_rate, encoding_.plan.channels};
  if (last && format_ != output) {
    pending_.push_back(convert_step(format_, output, index));
    format_ = output;
  }
  flush();
  LoudnessMeter meter(format_, {.dual_mono = loudness.dual_mono});
  LimiterForecast forecast(format_);
  auto done = keep_and_hear([&](const AudioBlock& block) -> Result<void> {
    meter.push(block);
    forecast.push(block);
    return {};
  });
  if (!done) return done;
  const LoudnessResult measured = meter.result();
  if (last) {
    const double headroom = usual_headroom(encoding_.plan.format);
    levelling_ = Levelling{.asked = loudness,
                           .index = index,
                           .measured = measured,
                           .forecast = std::move(forecast),
                           .level = {},
                           .headroom_db = headroom};
    return {};
  }
  const Level level = find_level(measured, forecast, {loudness.target_lufs, loudness.true_peak_dbtp});
  pending_ = level_steps(level, format_, index);
  return {};
}

// Behind the last loudness it judges what will be encoded, made louder as it will be then.
Result<void> Production::trim_silence(const operation::Silence& silence, std::size_t index) {
  LoudSpan loud(silence.threshold_db);
  const auto hear = [&](const AudioBlock& block) -> Result<void> {
    loud.push(block);
    return {};
  };
  Result<void> done;
  if (levelling_) {
    level();
    progress_.begin(measuring_weight);
    done = levelled().play(hear);
  } else {
    flush();
    done = keep_and_hear(hear);
  }
  if (!done) return done;
  const auto [first, last] = keep_of(loud, silence, format_.sample_rate);
  pending_.push_back({[format = format_, first, last]() -> Result<std::unique_ptr<Processor>> {
                        return std::make_unique<Trim>(format, first, last);
                      },
                      index});
  return {};
}

void Production::flush() { current_ = played_through(std::move(current_), std::exchange(pending_, {})); }

Playable Production::played_through(Playable audio, std::vector<Step> steps) {
  return through(std::move(audio), std::move(steps), format_, emptied_, [this] { progress_.report(0); });
}

Result<void> Production::keep_and_hear(const BlockSink& heard) {
  progress_.begin(measuring_weight);
  auto kept = keep(current_, room_, heard, [this](double played) { progress_.report(played); });
  if (!kept) return std::unexpected(std::move(kept.error()));
  current_ = std::move(*kept);
  return {};
}

void Production::level() {
  if (!levelling_) return;
  const operation::Loudness& asked = levelling_->asked;
  levelling_->level = find_level(levelling_->measured, levelling_->forecast,
                                 {.lufs = asked.target_lufs + levelling_->correction_lu,
                                  .true_peak_dbtp = asked.true_peak_dbtp,
                                  .headroom_db = levelling_->headroom_db,
                                  .added_db = encoder_gain_db(encoding_.plan)});
}

// What there is by now, with the last loudness and what lies behind it.
Playable Production::levelled() {
  std::vector<Step> steps;
  if (levelling_) steps = level_steps(levelling_->level, current_.format, levelling_->index);
  steps.insert(steps.end(), pending_.begin(), pending_.end());
  return played_through(current_, std::move(steps));
}

Result<std::uint64_t> Production::encode(std::optional<double>& expected_lufs) {
  const Playable audio = levelled();
  Sink sink(descriptors_.audio, [] {});
  auto writer = AudioWriter::open(format_, encoding_, sink, source_->attachments());
  if (!writer) return std::unexpected(std::move(writer.error()));
  std::optional<LoudnessMeter> meter;  // of what operations behind loudness make of it
  if (levelling_ && !pending_.empty()) {
    meter.emplace(format_, LoudnessOptions{.true_peak = false, .dual_mono = levelling_->asked.dual_mono});
  }
  auto done = audio.play([&](const AudioBlock& block) -> Result<void> {
    if (meter) meter->push(block);
    if (sink.size() > task_.limits.max_output_bytes) {
      return refuse("/output", "limit_exceeded",
                    "the finished audio is larger than " + std::to_string(task_.limits.max_output_bytes) +
                        " bytes; ask for a lower bitrate or another format");
    }
    return writer->push(block);
  });
  if (!done) return std::unexpected(std::move(done.error()));
  if (!writer->started()) return std::unexpected(nothing_left());
  if (auto finished = writer->finish(); !finished) return std::unexpected(std::move(finished.error()));
  if (auto finished = sink.finish(); !finished) return std::unexpected(std::move(finished.error()));
  if (meter) expected_lufs = meter->result().integrated;
  if (expected_lufs) *expected_lufs += encoder_gain_db(encoding_.plan);
  return writer->frames();
}

Request Production::request(std::optional<double> expected_lufs) const {
  if (!levelling_) return {};
  return {.lufs = levelling_->asked.target_lufs,
          .true_peak = levelling_->asked.true_peak_dbtp,
          .expected_lufs = expected_lufs,
          .reason = levelling_->level.reason};
}

// True when encoding once more, a little lower or louder, may meet what was asked; then the file is emptied for it.
bool Production::correct(const Achieved& achieved) {
  if (!levelling_ || !only_quieter_behind(task_.recipe, levelling_->index) || !achieved.true_peak) return false;
  const operation::Loudness& asked = levelling_->asked;
  constexpr double peak_tolerance = 0.1;
  constexpr double loudness_tolerance = 0.5;
  const double over = *achieved.true_peak - asked.true_peak_dbtp;
  const double missing = achieved.lufs ? asked.target_lufs - *achieved.lufs : 0;
  const bool too_loud = over > peak_tolerance;
  const bool missed = pending_.empty() && levelling_->level.reason.empty() && std::abs(missing) > loudness_tolerance;
  if (!too_loud && !missed) return false;
  if (too_loud) levelling_->headroom_db += over + 0.3;  // the next encoding will not round the same way
  if (missed) levelling_->correction_lu += missing;
  return ::lseek(descriptors_.audio, 0, SEEK_SET) == 0 && ::ftruncate(descriptors_.audio, 0) == 0;
}

Error Production::nothing_left() const {
  if (!emptied_.by)
    return refusal(task_.pcm_rate ? "/text" : task_.inputs[0].pointer, "too_short", "there is no audio");
  return refusal("/process/" + std::to_string(*emptied_.by), "nothing_left",
                 "this operation leaves nothing of the audio; let it keep more");
}

Result<void> Production::write_waveform(const WaveformBuilder& waveform) const {
  File file(descriptors_.waveform);
  auto done = waveform.write(file);
  file.release();  // the caller's
  return done;
}

Result<void> Production::write_pictures(const Analyzer& analyzer) const {
  const auto write = [&](int fd, Result<void> (Analyzer::*picture)(const File&) const) -> Result<void> {
    if (fd < 0) return {};
    File file(fd);
    auto done = (analyzer.*picture)(file);
    file.release();  // the caller's
    return done;
  };
  if (auto done = write(descriptors_.waveform, &Analyzer::write_waveform); !done) return done;
  if (auto done = write(descriptors_.waveform_png, &Analyzer::write_waveform_png); !done) return done;
  return write(descriptors_.spectrogram_png, &Analyzer::write_spectrogram_png);
}

}  // namespace soundbite::media
