// Floats that begin at a cache line, and grow without keeping what they held.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace soundbite::vits {

class AlignedFloats {
 public:
  AlignedFloats() = default;
  explicit AlignedFloats(std::size_t count) { reserve(count); }

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

  // At least `count` of them; all zero when that made room.
  void reserve(std::size_t count) {
    if (count <= size_) return;
    data_.reset(new (alignment) float[count]);
    std::fill_n(data_.get(), count, 0.0f);
    size_ = count;
  }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Delete {
    void operator()(float* data) const { ::operator delete[](data, alignment); }
  };

  std::unique_ptr<float[], Delete> data_;
  std::size_t size_ = 0;
};

}  // namespace soundbite::vits
