// What a recording is made of by frequency: on average, and over time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "media/analysis/spectrogram_columns.h"
#include "media/block.h"

namespace soundbite::media {

struct OctaveBand {
  double hz = 0;  // its middle
  std::optional<double>
      level;  // dB, 0 for a sine of full scale in it; none above half the sample rate, and for silence
};

struct SpectrumFacts {
  std::vector<OctaveBand> bands;            // 31.5 Hz – 16 kHz
  std::optional<double> slope;              // dB an octave, of the bands from 125 Hz to 8 kHz
  std::optional<std::string_view> balance;  // dark (slope under −6), balanced, bright (over −1)
  std::optional<double> bandwidth_hz;       // above it nothing comes within 75 dB of the strongest frequency
};

// For one thread. All channels count alike.
class Spectrum {
 public:
  explicit Spectrum(AudioFormat format);
  ~Spectrum();

  void push(const AudioBlock& block);
  void finish();

  SpectrumFacts facts() const;
  const SpectrogramColumns& columns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace soundbite::media
