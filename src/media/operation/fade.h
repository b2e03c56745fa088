// Fades in at the start and out at the end.
#pragma once

#include "job/recipe.h"
#include "media/block.h"
#include "media/held_audio.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

// The gain at `t` of the way up, both 0–1.
double fade_gain(operation::FadeCurve curve, double t);

// Holds back as much audio as it fades out, since nobody tells where the end is: ten minutes are past what memory may
// take, and wait in the room's file. Audio shorter than a fade is faded
// over its whole length.
class Fade : public Processor {
 public:
  // `room` outlives it.
  Fade(AudioFormat format, const operation::Fade& fade, SpoolRoom& room);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  template <class Height>
  AudioBlock faded(const AudioBlock& block, Height height_at);
  Result<void> hold(const AudioBlock& block, const BlockSink& out);

  AudioFormat format_;
  operation::FadeCurve curve_;
  std::uint64_t in_, out_;  // frames
  std::uint64_t position_ = 0;
  PlanarBuffer faded_;
  HeldAudio held_;
};

}  // namespace soundbite::media
