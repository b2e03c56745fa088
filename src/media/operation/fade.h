// Fades in at the start and out at the end.
#pragma once

#include "job/recipe.h"
#include "media/block.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

// The gain at `t` of the way up, both 0–1.
double fade_gain(operation::FadeCurve curve, double t);

// Holds back as much audio as it fades out, since nobody tells where the end is. Audio shorter than a fade is faded
// over its whole length.
class Fade : public Processor {
 public:
  Fade(AudioFormat format, const operation::Fade& fade);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  Result<void> hold(const AudioBlock& block, const BlockSink& out);

  AudioFormat format_;
  operation::FadeCurve curve_;
  std::uint64_t in_, out_;  // frames
  std::uint64_t position_ = 0;
  PlanarBuffer rising_;
  PlanarBuffer held_;
};

}  // namespace soundbite::media
