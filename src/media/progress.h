// How much of the whole is done, over passes of different length.
#pragma once

#include <algorithm>
#include <functional>

namespace soundbite::media {

// For one thread. Never goes back.
class Progress {
 public:
  // `total`: the weights of all passes that are foreseen.
  Progress(std::function<void(double)> listener, double total) : listener_(std::move(listener)), total_(total) {}

  // The pass before is done; one that was not foreseen has the weight 0.
  void begin(double weight) {
    start_ += weight_;
    weight_ = weight;
    report(0);
  }
  // Of the present pass, 0–1. Less than before is not told.
  void report(double done) {
    const double all = std::min(1.0, (start_ + weight_ * std::clamp(done, 0.0, 1.0)) / total_);
    told_ = std::max(told_, all);
    listener_(told_);
  }
  void finish() { listener_(1); }

 private:
  std::function<void(double)> listener_;
  double total_;
  double start_ = 0;
  double weight_ = 0;
  double told_ = 0;
};

}  // namespace soundbite::media
