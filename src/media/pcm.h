// Samples coming in.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>

#include "base/error.h"

namespace soundbite::media {

// Fills the front of the span with mono samples and returns how many; 0 at the end.
using PcmSource = std::function<Result<std::size_t>(std::span<float>)>;

// Reads native floats from a pipe or socket. Samples are held to −1…1 and what is not a number becomes 0, so that every
// format gets the same audio. `fd` stays the caller's. Errors: unavailable; internal when the input ends within a
// sample.
class PcmReader {
 public:
  explicit PcmReader(int fd) : fd_(fd) {}
  Result<std::size_t> operator()(std::span<float> samples);

 private:
  int fd_;
  std::array<std::byte, sizeof(float)> rest_{};  // the start of a sample whose end has not come yet
  std::size_t rest_size_ = 0;
};

}  // namespace soundbite::media
