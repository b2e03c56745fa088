// The lowest and the highest sample of each 256, as audiowaveform keeps them.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/file.h"
#include "media/analysis/kernels.h"
#include "media/block.h"

namespace soundbite::media {

// For one thread. An hour of 48 kHz stereo takes 5.4 MB.
class WaveformBuilder {
 public:
  static constexpr std::size_t samples_per_pixel = 256;

  explicit WaveformBuilder(AudioFormat format);

  void push(const AudioBlock& block);
  // The last pixel may have fewer samples.
  void finish();

  // Of each channel: lowest, highest, lowest, …
  const std::vector<std::deque<std::int16_t>>& channels() const { return pixels_; }
  std::size_t length() const { return pixels_.empty() ? 0 : pixels_[0].size() / 2; }

  // After finish(): audiowaveform's .dat of 16 bits, version 1 for one channel, 2 otherwise. Errors: storage_full,
  // internal.
  Result<void> write(const File& to) const;

 private:
  void end_pixel();

  AudioFormat format_;
  const Kernels* loops_;
  std::vector<std::deque<std::int16_t>> pixels_;
  std::vector<Extent> open_;  // of the pixel that fills
  std::size_t filled_ = 0;    // frames in it
};

}  // namespace soundbite::media
