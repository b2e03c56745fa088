// Frames to packets: one encoder of libav, set up from a plan.
#pragma once

#include <functional>

#include "job/output_plan.h"
#include "media/av.h"

namespace soundbite::media {

// What wav and flac keep of each sample; wav alone holds the last two, flac 24 bits of them. Other formats have none.
enum class SampleDepth { bits16, bits24, bits32, float32 };

// For one thread.
class Encoder {
 public:
  using PacketSink = std::function<Result<void>(AVPacket&)>;

  // Errors: invalid when the encoder refuses the plan; internal; unavailable (no memory).
  static Result<Encoder> open(const OutputPlan& plan, SampleDepth depth);

  AVSampleFormat sample_format() const { return context_->sample_fmt; }
  // Frames that it takes at a time; the last may be shorter.
  int frame_length() const;
  const AVCodecContext& context() const { return *context_; }

  // Hands each finished packet to `out`. A null frame ends the audio.
  Result<void> encode(const AVFrame* frame, const PacketSink& out);

 private:
  Encoder() = default;

  Av<AVCodecContext> context_;
  Av<AVPacket> packet_;
};

}  // namespace soundbite::media
