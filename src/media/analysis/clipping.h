// Where a recording was cut off at full scale.
#pragma once

#include <cstdint>
#include <vector>

#include "media/analysis/kernels.h"
#include "media/block.h"

namespace soundbite::media {

struct ClippedRun {
  double start_s = 0;
  double end_s = 0;
  int channel = 0;
  bool operator==(const ClippedRun&) const = default;
};

// A run is three or more samples of one channel behind one another at ±0.999 or beyond, all on the same side: two can
// be the top of a wave. For one thread.
class Clipping {
 public:
  static constexpr std::size_t max_listed = 1'000;

  explicit Clipping(AudioFormat format);

  void push(const AudioBlock& block);
  void finish();

  std::uint64_t samples() const { return samples_; }  // in runs
  std::uint64_t runs() const { return runs_; }
  const std::vector<ClippedRun>& listed() const { return listed_; }  // the first of them, by their ends

 private:
  struct Open {
    std::uint64_t length = 0;
    bool positive = false;
  };
  void look(const AudioBlock& block, std::size_t channel);
  void close(std::size_t channel, std::uint64_t end_frame);

  AudioFormat format_;
  const Kernels* loops_;
  std::vector<Open> open_;
  std::uint64_t frames_ = 0;
  std::uint64_t samples_ = 0;
  std::uint64_t runs_ = 0;
  std::vector<ClippedRun> listed_;
};

}  // namespace soundbite::media
