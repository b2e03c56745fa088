// The largest magnitude at and between the samples of one recording, over all channels.
#pragma once

#include <cstddef>

#include "media/analysis/kernels.h"

namespace soundbite::media {

class TruePeak {
 public:
  TruePeak(int sample_rate, const Kernels& kernels) : filter_(interpolator(sample_rate)), kernels_(&kernels) {}

  // Samples of one channel; interpolator_reach samples before them are read. Without `between` only samples count.
  void push(const float* samples, std::size_t count, bool between);

  float at_samples() const { return at_samples_; }
  float value() const { return value_; }

 private:
  Interpolator filter_;
  const Kernels* kernels_;
  float at_samples_ = 0;
  float value_ = 0;
};

}  // namespace soundbite::media
