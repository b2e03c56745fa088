// What a limiter will take from the loudness, without running it.
#pragma once

#include <vector>

#include "media/analysis/kernels.h"
#include "media/block.h"

namespace soundbite::media {

// For one thread. Holds the peak and the energy, weighted as loudness is, of every 2.5 ms: 12 MB for an hour. Peaks
// between samples, which the limiter finds, are not seen: in white noise it takes up to 3 LU more, in speech and music
// a few tenths at most.
class LimiterForecast {
 public:
  explicit LimiterForecast(AudioFormat format);

  void push(const AudioBlock& block);

  // LU, not below 0, when everything is multiplied with `gain` and held under `ceiling` (amplitudes) by Limiter.
  double loss(double gain, double ceiling) const;

 private:
  struct Window {
    float peak = 0;
    float energy = 0;
  };
  struct Channel {
    double weight = 1;
    KState state{};
  };

  const Kernels* loops_ = &kernels();
  KFilter filter_;
  std::vector<Channel> channels_;
  std::size_t window_frames_;
  std::size_t filled_ = 0;
  std::vector<Window> windows_;
};

}  // namespace soundbite::media
