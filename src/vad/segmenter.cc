#include "vad/segmenter.h"

#include <algorithm>

namespace soundbite {

namespace {

constexpr float speech_from = 0.5f;
constexpr float silence_below = 0.35f;
constexpr std::int64_t shortest_speech = detector_rate / 4;    // 250 ms
constexpr std::int64_t shortest_silence = detector_rate / 10;  // 100 ms
constexpr std::int64_t padding = detector_rate * 30 / 1000;    // less than half a silence: segments stay apart

double seconds(std::int64_t samples) { return static_cast<double>(samples) / detector_rate; }

}  // namespace

void Segmenter::push(float probability) {
  const std::int64_t now = at_;
  at_ += detector_window;
  if (probability >= speech_from) {
    quiet_.reset();
    if (!begin_) begin_ = now;
  } else if (probability < silence_below && begin_) {
    if (!quiet_) quiet_ = now;
    if (now - *quiet_ >= shortest_silence) close(*quiet_);
  }
}

void Segmenter::close(std::int64_t end) {
  if (end - *begin_ > shortest_speech)
    found_.push_back({seconds(std::max<std::int64_t>(0, *begin_ - padding)), seconds(end + padding)});
  begin_.reset();
  quiet_.reset();
}

std::vector<SpeechSegment> Segmenter::finish(std::int64_t samples) {
  if (begin_) close(samples);
  if (!found_.empty()) found_.back().end_s = std::min(found_.back().end_s, seconds(samples));
  return std::move(found_);
}

}  // namespace soundbite
