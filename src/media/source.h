// Where the audio of a task comes from: a file that is decoded, or PCM that is written.
#pragma once

#include <memory>
#include <optional>

#include "media/analysis/analyzer.h"
#include "media/analysis/waveform_builder.h"
#include "media/encoder.h"
#include "media/playable.h"
#include "media/process.h"
#include "media/progress.h"
#include "media/recording.h"
#include "media/speech_tap.h"
#include "media/tags.h"

namespace soundbite::media {

// For one thread. The first time it is played it is measured and listened to; a source is measured as it came.
class Source {
 public:
  // `task`, `descriptors` and `progress` outlive it. Errors: those of Recording::open.
  static Result<Source> open(const MediaTask& task, const ProcessDescriptors& descriptors, Progress& progress);
  Source(Source&&) noexcept = default;

  AudioFormat format() const { return format_; }
  // What a file without loss keeps of each sample.
  SampleDepth depth() const { return depth_; }
  const Attachments& attachments() const { return attachments_; }
  // Refers to this source. Errors while it is played: those of Recording::next; too_short at its end.
  Playable playable();

  // After it was played: "input" of the analysis document, empty for PCM or when none was asked.
  std::string take_analysis();
  // The analyzer behind it, for waveform and pictures; null when there is none.
  const Analyzer* analyzer() const { return analyzer_ ? &*analyzer_ : nullptr; }
  // With draw_waveform, after it was played; else null.
  const WaveformBuilder* waveform() const { return waveform_ ? &*waveform_ : nullptr; }

 private:
  Source(const MediaTask& task, const ProcessDescriptors& descriptors, Progress& progress)
      : task_(&task), descriptors_(&descriptors), progress_(&progress) {}
  Result<void> play(const BlockSink& out);
  Result<void> play_recording(const BlockSink& out);
  Result<void> play_pcm(const BlockSink& out);
  Result<void> listen(const AudioBlock& block);
  Result<void> end_of_first(const SourceFacts& facts);

  const MediaTask* task_;
  const ProcessDescriptors* descriptors_;
  Progress* progress_;
  AudioFormat format_;
  SampleDepth depth_ = SampleDepth::bits16;
  Attachments attachments_;
  std::unique_ptr<Recording> opened_;  // not played yet
  bool first_ = true;
  std::optional<Analyzer> analyzer_;
  std::optional<WaveformBuilder> waveform_;
  std::optional<SpeechTap> tap_;
  std::string analysis_;
};

}  // namespace soundbite::media
