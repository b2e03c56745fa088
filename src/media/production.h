// One task on its way: its parts, in the order of the data path.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/audio_writer.h"
#include "media/levelling.h"
#include "media/operation/steps.h"
#include "media/source.h"
#include "media/spool.h"
#include "media/verify.h"

namespace soundbite::media {

// For one thread, used once. `task` and `descriptors` outlive it.
class Production {
 public:
  Production(const MediaTask& task, const ProcessDescriptors& descriptors, std::function<void(double)> on_progress);

  // Errors: those of process().
  Result<MediaOutcome> run();

 private:
  // The last loudness of the recipe: what comes before it is measured, and made louder while encoding.
  struct Levelling {
    operation::Loudness asked;
    std::size_t index = 0;
    LoudnessResult measured;
    LimiterForecast forecast;
    Level level;
    double headroom_db = 0;    // under the ceiling, for what encoding adds
    double correction_lu = 0;  // for what encoding takes away
  };

  Result<void> make_audio(MediaOutcome& outcome);
  Result<void> prepare();
  Result<void> add(const Operation& operation, std::size_t index);
  Result<void> measure_loudness(const operation::Loudness& loudness, std::size_t index);
  Result<void> trim_silence(const operation::Silence& silence, std::size_t index);
  void flush();
  Playable played_through(Playable audio, std::vector<Step> steps);
  Result<void> keep_and_hear(const BlockSink& heard);
  void level();
  Playable levelled();
  Result<std::uint64_t> encode(std::optional<double>& expected_lufs);
  Request request(std::optional<double> expected_lufs) const;
  bool correct(const Achieved& achieved);
  Error nothing_left() const;
  Result<void> write_waveform(const WaveformBuilder& waveform) const;
  Result<void> write_pictures(const Analyzer& analyzer) const;

  const MediaTask& task_;
  const ProcessDescriptors& descriptors_;
  Progress progress_;
  SpoolRoom room_;
  Emptied emptied_;
  std::optional<Source> source_;
  std::vector<RecipeFile> files_;  // those that operations to come name
  Encoding encoding_;
  AudioFormat format_;  // of what current_ and pending_ make
  Playable current_;
  std::vector<Step> pending_;
  std::optional<Levelling> levelling_;
};

}  // namespace soundbite::media
