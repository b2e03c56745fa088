// Audio on its way through the pipeline, and what works on it.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/error.h"

namespace soundbite::media {

struct AudioFormat {
  int sample_rate = 0;  // Hz
  int channels = 0;     // 1–8, in libav's default order of that number (5.1: L R C LFE Ls Rs)
  bool operator==(const AudioFormat&) const = default;
};

// Planar samples, one pointer per channel, full scale ±1 (they may pass it); finite. A view: good during the call only.
struct AudioBlock {
  std::span<const float* const> channels;
  std::size_t frames = 0;
};

using BlockSink = std::function<Result<void>(const AudioBlock&)>;

// One step of the pipeline. For one thread. Holds what it must to work exactly, and no more.
class Processor {
 public:
  virtual ~Processor() = default;
  virtual AudioFormat output() const = 0;
  // Hands on what is finished, perhaps nothing.
  virtual Result<void> push(const AudioBlock& block, const BlockSink& out) = 0;
  // No more comes: hands on the rest.
  virtual Result<void> finish(const BlockSink& out) = 0;
};

}  // namespace soundbite::media
