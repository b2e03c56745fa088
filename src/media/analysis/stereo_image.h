// How the two channels of a recording belong together.
#pragma once

#include "media/analysis/kernels.h"
#include "media/block.h"

namespace soundbite::media {

struct StereoFacts {
  double correlation = 0;             // −1…1; 0 when a channel is silent
  bool mono_in_two_channels = false;  // what differs is 50 dB below what does not
  bool out_of_phase = false;  // one channel is, for the most part, the other upside down: mixed to mono they vanish
};

// For one thread; for two channels.
class StereoImage {
 public:
  StereoImage() : loops_(&kernels()) {}
  void push(const AudioBlock& block);
  StereoFacts facts() const;

 private:
  const Kernels* loops_;
  double left_ = 0;  // sums of squares, and of products
  double right_ = 0;
  double both_ = 0;
};

}  // namespace soundbite::media
