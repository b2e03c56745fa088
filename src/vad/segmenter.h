// From how likely each window of a recording is speech to where somebody speaks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "port/speech_detector.h"

namespace soundbite {

inline constexpr std::int64_t detector_window = 512;  // samples: 32 ms

// The rules and figures are those that the model's authors publish with it (get_speech_timestamps of silero-vad 6.2.3,
// its defaults): a segment begins with a window at 0.5 or above, ends where the model fell below 0.35 and did not come
// back for 100 ms, is dropped at 250 ms or less, and else grows by 30 ms on both sides. For one thread; holds what it
// found and nothing of the recording.
class Segmenter {
 public:
  // The next window's probability, 0 to 1.
  void push(float probability);
  // The recording had `samples` samples; call once.
  std::vector<SpeechSegment> finish(std::int64_t samples);

 private:
  void close(std::int64_t end);

  std::int64_t at_ = 0;                // where the next window begins
  std::optional<std::int64_t> begin_;  // of the segment that is open
  std::optional<std::int64_t> quiet_;  // where the model fell below; forgotten when speech returns
  std::vector<SpeechSegment> found_;
};

}  // namespace soundbite
