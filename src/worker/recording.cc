#include "worker/recording.h"

#include "worker/speaking.h"
#include "worker/speech_summary.h"

namespace soundbite {

namespace {

constexpr double spoken_share = 0.5;  // of the progress, where there is text to speak first

MediaTask task_for(const JobSpec& spec, const Materials& materials, const MediaLimits& limits, const Speech* speech,
                   bool tap_speech) {
  MediaTask task{.inputs = {},
                 .recipe = spec.process,
                 .output = spec.output,
                 .analyse = spec.analysis,
                 .tap_speech = tap_speech,
                 .limits = limits};
  for (const auto& recording : materials.recordings) task.inputs.push_back(recording.described);
  if (speech) task.pcm_rate = speech->sample_rate();
  return task;
}

const File* artefact(const Materials& materials, Artefact which) {
  const auto place = static_cast<std::size_t>(which);
  return place < materials.artefacts.size() ? &materials.artefacts[place].file : nullptr;
}

ProcessFiles files_for(const Materials& materials) {
  ProcessFiles files{.inputs = {},
                     .audio = &materials.audio.file,
                     .waveform = artefact(materials, Artefact::waveform),
                     .waveform_png = artefact(materials, Artefact::waveform_png),
                     .spectrogram_png = artefact(materials, Artefact::spectrogram_png)};
  for (const auto& recording : materials.recordings) files.inputs.push_back(&recording.file);
  return files;
}

// Who speaks when is told only of recordings: of a text it is known. Null when it cannot be told; an analysis without
// it is better than none.
std::unique_ptr<SpeechListener> listener_for(const JobSpec& spec, const Engines& engines) {
  if (!spec.analysis || spec.source == SourceType::text) return nullptr;
  auto listener = engines.detector.listen();
  if (listener) return std::move(*listener);
  engines.log.warn("speech_not_detected", {{"error", listener.error().message}});
  return nullptr;
}

Result<void> write_analysis(std::string analysis, SpeechListener* listener, const File& file) {
  if (listener) {
    const auto segments = listener->finish();
    if (!segments) return std::unexpected(segments.error());
    auto merged = with_speech(std::move(analysis), *segments);
    if (!merged) return std::unexpected(merged.error());
    analysis = std::move(*merged);
  }
  return file.write_all(std::as_bytes(std::span(analysis)));
}

}  // namespace

Result<AttemptResult> make_recording(const JobSpec& spec, const Materials& materials, const MediaLimits& limits,
                                     Engines engines, AttemptControl& control) {
  std::unique_ptr<Speech> speech;
  if (spec.source == SourceType::text) {
    auto begun = begin_speech(spec, engines.speech);
    if (!begun) return std::unexpected(begun.error());
    speech = std::move(*begun);
  }
  const auto listener = listener_for(spec, engines);
  const double spoken = speech ? spoken_share : 0;
  ProcessListener hears{.progress = [&, spoken](double done) { control.progress = spoken + (1 - spoken) * done; }};
  if (listener) hears.speech = [&](std::span<const float> samples) { return listener->hear(samples); };

  const auto process = engines.media.process(task_for(spec, materials, limits, speech.get(), listener != nullptr),
                                             files_for(materials), std::move(hears));
  if (!process) return std::unexpected(process.error());
  // A stop must also end a write or a finish that blocks.
  const std::stop_callback on_stop(control.stop.get_token(), [&] { (*process)->kill(); });

  AttemptResult made;
  if (speech) {
    const auto first_audio = speak_into(
        *speech, [&](std::span<const float> samples) { return (*process)->write(samples); }, control, spoken);
    if (!first_audio) {
      (*process)->kill();
      return std::unexpected(first_audio.error());
    }
    made.first_audio_s = *first_audio;
  }
  auto outcome = (*process)->finish();
  if (!outcome) return std::unexpected(std::move(outcome.error()));
  if (spec.analysis) {
    auto written =
        write_analysis(std::move(outcome->analysis), listener.get(), *artefact(materials, Artefact::analysis));
    if (!written) return std::unexpected(written.error());
  }
  made.output = {.sample_rate = outcome->sample_rate,
                 .channels = outcome->channels,
                 .duration_s = outcome->duration_s,
                 .verification = std::move(outcome->verification),
                 .dropped = std::move(outcome->dropped),
                 .analysed = spec.analysis};
  return made;
}

}  // namespace soundbite
