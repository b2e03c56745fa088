// Decoded frames of any sample format as planar floats.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/av.h"
#include "media/block.h"

namespace soundbite::media {

inline constexpr int max_planes = 8;

// For one thread.
class Planes {
 public:
  // A view of the frame, good until the next call and while the frame lives. What is not a finite number becomes 0 and
  // is counted. At most max_planes channels. Errors: internal, for a sample format that no decoder of ours makes.
  Result<AudioBlock> of(const AVFrame& frame);

  std::uint64_t not_finite() const { return not_finite_; }

 private:
  void clean(float* samples, std::size_t count);

  std::array<std::vector<float>, max_planes> own_;
  std::array<const float*, max_planes> pointers_{};
  std::uint64_t not_finite_ = 0;
};

}  // namespace soundbite::media
