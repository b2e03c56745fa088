// Planar floats to frames as an encoder wants them: rate, channels, sample format, frame length.
#pragma once

#include <cstdint>

#include "job/output_plan.h"
#include "media/av.h"
#include "media/block.h"

namespace soundbite::media {

// For one thread.
class Converter {
 public:
  // Errors: internal, unavailable (no memory).
  static Result<Converter> open(AudioFormat input, const OutputPlan& plan, AVSampleFormat sample_format);

  Result<void> push(const AudioBlock& block);
  // No more samples: what the resampler still holds comes out. All in all, input · rate / input rate frames, rounded.
  Result<void> finish();

  // Frames that are ready.
  int ready() const { return av_audio_fifo_size(fifo_.get()); }
  // `count` ≤ ready() of them, with the timestamp set.
  Result<Av<AVFrame>> take(int count);

  bool started() const { return taken_in_ > 0; }
  // Frames made up to now; after finish() the length of the audio.
  std::uint64_t frames() const { return made_; }

 private:
  Converter() = default;
  Result<void> convert(const std::uint8_t** planes, int count);
  Result<void> keep(int count);
  Result<void> pad();

  OutputPlan plan_;
  AudioFormat input_;
  AVSampleFormat format_ = AV_SAMPLE_FMT_NONE;
  Av<SwrContext> swr_;
  Av<AVAudioFifo> fifo_;
  Av<AVFrame> scratch_;
  std::uint64_t taken_in_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t handed_out_ = 0;
  std::uint64_t limit_ = UINT64_MAX;  // frames to make; known at the end
};

}  // namespace soundbite::media
