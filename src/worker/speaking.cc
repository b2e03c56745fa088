#include "worker/speaking.h"

#include <chrono>

namespace soundbite {

namespace {

Error as_attempt_error(Error error) {
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid;
  return error;
}

}  // namespace

Result<double> speak_into(Speech& speech, const WriteSamples& write, AttemptControl& control, double share) {
  const auto start = std::chrono::steady_clock::now();
  double first_audio_s = 0;
  for (bool first = true;; first = false) {
    auto chunk = speech.next(control.stop.get_token());
    if (!chunk) return std::unexpected(as_attempt_error(chunk.error()));
    if (!*chunk) return first_audio_s;
    if (first) first_audio_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (auto written = write((*chunk)->samples); !written) return std::unexpected(written.error());
    control.progress = (*chunk)->progress * share;
  }
}

Result<std::unique_ptr<Speech>> begin_speech(const JobSpec& spec, SpeechEngine& engine) {
  auto speech = engine.start(spec.speech);
  if (!speech) return std::unexpected(as_attempt_error(speech.error()));
  return speech;
}

Result<AttemptResult> make_speech(const JobSpec& spec, const File& file, Engines engines, AttemptControl& control) {
  const auto speech = begin_speech(spec, engines.speech);
  if (!speech) return std::unexpected(speech.error());
  const auto encode = engines.media.start({.input_rate = (*speech)->sample_rate(), .output = spec.output}, file);
  if (!encode) return std::unexpected(encode.error());
  // A stop must also end a write or a finish that blocks.
  const std::stop_callback on_stop(control.stop.get_token(), [&] { (*encode)->kill(); });

  const auto spoken =
      speak_into(**speech, [&](std::span<const float> samples) { return (*encode)->write(samples); }, control, 1);
  if (!spoken) {
    (*encode)->kill();
    return std::unexpected(spoken.error());
  }
  const auto report = (*encode)->finish();
  if (!report) return std::unexpected(report.error());
  return AttemptResult{
      .output = {.sample_rate = report->sample_rate, .channels = report->channels, .duration_s = report->duration_s},
      .first_audio_s = *spoken};
}

}  // namespace soundbite
