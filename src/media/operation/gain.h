// One factor for every sample.
#pragma once

#include "media/block.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

class Gain : public Processor {
 public:
  Gain(AudioFormat format, double factor)
      : format_(format), factor_(static_cast<float>(factor)), scaled_(format.channels) {}

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override {
    scaled_.clear();
    scaled_.append(block);
    for (std::size_t c = 0; c < scaled_.channels(); ++c) {
      float* samples = scaled_.channel(c);
      for (std::size_t i = 0; i < block.frames; ++i) samples[i] *= factor_;
    }
    return out(scaled_.all());
  }
  Result<void> finish(const BlockSink&) override { return {}; }

 private:
  AudioFormat format_;
  float factor_;
  PlanarBuffer scaled_;
};

}  // namespace soundbite::media
