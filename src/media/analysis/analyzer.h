// Everything that is measured of a recording, in one pass over its samples.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "media/analysis/loudness_meter.h"
#include "media/block.h"

namespace soundbite::media {

// What the demuxer and the decoder know of a source beside its samples.
struct SourceFacts {
  std::string container;  // "mp3"
  std::string codec;      // "mp3"
  AudioFormat format;
  int bit_depth = 0;         // 0: the codec has none
  std::int64_t bitrate = 0;  // bits per second; 0: not known
  std::optional<double> declared_s;
  double decoded_s = 0;
  bool truncated = false;
  bool concatenated = false;
  bool renamed = false;  // its name has the extension of another container
  bool encoder_delay_unknown = false;
  std::uint64_t decode_errors = 0;
  std::uint64_t invalid_samples = 0;  // infinite or no numbers; they became silence
  std::map<std::string, std::string> tags;
  bool cover_art = false;
};

// For one thread.
class Analyzer {
 public:
  explicit Analyzer(AudioFormat format);
  ~Analyzer();
  Analyzer(Analyzer&&) noexcept;
  Analyzer& operator=(Analyzer&&) noexcept;

  void push(const AudioBlock& block);

  // One member of the analysis document, a JSON object: facts, loudness, peaks, clipping, silences, levels, spectrum,
  // stereo, fingerprint, insights (docs/analysis.md). No inf, no NaN.
  std::string finish(const SourceFacts& facts);

  // After finish(): audiowaveform .dat (16 bits, 256 samples per pixel; version 1 for one channel, 2 otherwise), and
  // pictures with axes. Errors: storage_full, internal.
  Result<void> write_waveform(const File& to) const;
  Result<void> write_waveform_png(const File& to) const;
  Result<void> write_spectrogram_png(const File& to) const;

  // Of the samples: the same that finish() shows.
  const LoudnessResult& loudness() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace soundbite::media
