// Where in a recording somebody speaks. Synchronous: called on a cpu thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct SpeechSegment {
  double start_s = 0;
  double end_s = 0;
  bool operator==(const SpeechSegment&) const = default;
};

inline constexpr int detector_rate = 16'000;  // Hz

// One recording being listened to. For one thread.
class SpeechListener {
 public:
  virtual ~SpeechListener() = default;
  // Mono at detector_rate, any number of samples. Errors: internal.
  virtual Result<void> hear(std::span<const float> samples) = 0;
  // The end: every segment, in order.
  virtual Result<std::vector<SpeechSegment>> finish() = 0;
};

// Thread-safe.
class SpeechDetector {
 public:
  virtual ~SpeechDetector() = default;
  // Loads the model at first. Errors: unavailable, in one line that names the file tried.
  virtual Result<std::unique_ptr<SpeechListener>> listen() = 0;
};

}  // namespace soundbite
