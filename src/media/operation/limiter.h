// Keeps true peaks under a ceiling.
#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "media/analysis/interpolator.h"
#include "media/block.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

// Turns the gains that single frames want into one that moves smoothly: never above what any frame wants when it
// leaves, `lookahead` frames after it was told.
class GainCurve {
 public:
  GainCurve(std::size_t lookahead, double release_frames);

  // For the frame `lookahead` before the one that wants this.
  float next(float wanted);

 private:
  std::size_t lookahead_;
  float release_;  // of the way back, per frame
  std::uint64_t index_ = 0;
  std::size_t calm_;                                    // calls in a row that changed nothing, all gains being 1
  std::deque<std::pair<std::uint64_t, float>> lowest_;  // rising; the first is the lowest of the window
  float released_ = 1;
  std::vector<float> window_;  // ring, over which the mean is taken
  double sum_;
};

// A look-ahead limiter: samples and what lies between them are found before they leave; the gain comes down to them
// over 5 ms and goes back over some 100 ms, for all channels alike. Away from peaks nothing is changed. Nothing is
// shifted and no frame is lost.
class Limiter : public Processor {
 public:
  static constexpr double lookahead_s = 0.005;
  static constexpr double release_s = 0.1;

  // Both are amplitudes: what every sample is multiplied with, and what nothing may pass then.
  Limiter(AudioFormat format, double gain, double ceiling);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  Result<void> advance(const BlockSink& out);
  void find_gains(std::size_t first, std::size_t count);
  void find_peaks(std::size_t c, std::size_t newest, std::size_t count);

  AudioFormat format_;
  float gain_, ceiling_;
  Interpolator filter_;
  std::size_t delay_;  // frames that wait: the filter's half and the look-ahead
  GainCurve curve_;
  PlanarBuffer held_;
  std::vector<float> gains_;
  std::vector<float> between_;  // of a stretch: the largest value behind each frame, over all channels
  float between_before_ = 0;    // and in front of its first
  std::size_t to_skip_;         // frames of nothing that stand in front of the audio
};

}  // namespace soundbite::media
