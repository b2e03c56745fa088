// How far a long command is, drawn on a terminal.
#pragma once

#include <chrono>
#include <string>

namespace soundbite {

class ProgressBar {
 public:
  // Draws to file descriptor `fd` when that is a terminal and the work takes longer than a second.
  explicit ProgressBar(int fd);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() { clear(); }

  void show(double fraction);
  void clear();

 private:
  int fd_;  // −1: nowhere
  std::chrono::steady_clock::time_point next_;
  bool drawn_ = false;
};

// "[#########---------------------]  30 %"
std::string progress_line(double fraction);

}  // namespace soundbite
