// Audio of one format as another: rate, and channels by the matrix of channel_matrix.h.
#pragma once

#include <cstdint>

#include "media/block.h"
#include "media/swr.h"

namespace soundbite::media {

// For one thread. All in all, input · rate / input_rate frames come out, rounded; nothing is shifted.
class Resampler : public Processor {
 public:
  // Errors: internal, unavailable (no memory).
  static Result<Resampler> open(AudioFormat from, AudioFormat to, ResampleQuality quality = ResampleQuality::fine);

  AudioFormat output() const override { return to_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  Resampler() = default;
  Result<void> convert(const AudioBlock* block, const BlockSink& out);
  Result<void> pad(const BlockSink& out);
  Result<void> hand_on(int count, const BlockSink& out) const;

  AudioFormat from_, to_;
  Av<SwrContext> swr_;
  Av<AVFrame> scratch_;
  std::uint64_t taken_in_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t limit_ = UINT64_MAX;  // frames to make; known at the end
};

}  // namespace soundbite::media
