// A stretch of one tensor's rows, [row][channel], addressed by their place in the whole utterance.
#pragma once

#include <algorithm>
#include <cstddef>

#include "speech/vits/aligned_floats.h"

namespace soundbite::vits {

struct RowRange {
  std::ptrdiff_t begin = 0;
  std::ptrdiff_t end = 0;

  std::ptrdiff_t size() const { return end - begin; }
  RowRange widened(std::ptrdiff_t by) const { return {begin - by, end + by}; }
  RowRange within(std::ptrdiff_t count) const {
    return {std::clamp<std::ptrdiff_t>(begin, 0, count), std::clamp<std::ptrdiff_t>(end, 0, count)};
  }
};

class Rows {
 public:
  // Room for `range`; what it held is void. Rows outside the utterance are never computed: see `zero_outside`.
  void place(RowRange range, std::ptrdiff_t channels) {
    range_ = range;
    channels_ = channels;
    floats_.reserve(static_cast<std::size_t>(range.size() * channels));
  }

  RowRange range() const { return range_; }
  float* at(std::ptrdiff_t row) { return floats_.data() + (row - range_.begin) * channels_; }
  const float* at(std::ptrdiff_t row) const { return floats_.data() + (row - range_.begin) * channels_; }

  // Zeros everywhere but in `computed`: what convolutions see beyond the ends of an utterance, and in place of rows
  // that kernels wrote beyond what they were asked for.
  void zero_outside(RowRange computed) {
    std::fill(at(range_.begin), at(computed.begin), 0.0f);
    std::fill(at(computed.end), at(range_.end), 0.0f);
  }

 private:
  AlignedFloats floats_;
  RowRange range_;
  std::ptrdiff_t channels_ = 0;
};

}  // namespace soundbite::vits
