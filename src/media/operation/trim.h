// Keeps the frames from `first` up to `last`, to the sample.
#pragma once

#include "media/block.h"
#include "media/planar_buffer.h"

namespace soundbite::media {

class Trim : public Processor {
 public:
  Trim(AudioFormat format, std::uint64_t first, std::uint64_t last) : format_(format), first_(first), last_(last) {}

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override {
    const std::uint64_t begin = std::clamp(first_, position_, position_ + block.frames);
    const std::uint64_t end = std::clamp(last_, position_, position_ + block.frames);
    const std::uint64_t skipped = begin - position_;
    position_ += block.frames;
    return begin < end ? out(Slice(block, skipped, end - begin).block()) : Result<void>{};
  }
  Result<void> finish(const BlockSink&) override { return {}; }

 private:
  AudioFormat format_;
  std::uint64_t first_, last_;
  std::uint64_t position_ = 0;
};

}  // namespace soundbite::media
