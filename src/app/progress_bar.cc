#include "app/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace soundbite {

namespace {

constexpr auto patience = std::chrono::seconds(1);
constexpr auto interval = std::chrono::milliseconds(100);

void write_to_terminal(int fd, const std::string& text) {
  // A terminal that does not take it loses a bar, nothing else.
  [[maybe_unused]] const auto written = ::write(fd, text.data(), text.size());
}

}  // namespace

ProgressBar::ProgressBar(int fd)
    : fd_(::isatty(fd) == 1 ? fd : -1), next_(std::chrono::steady_clock::now() + patience) {}

void ProgressBar::show(double fraction) {
  const auto now = std::chrono::steady_clock::now();
  if (fd_ < 0 || now < next_) return;
  next_ = now + interval;
  drawn_ = true;
  write_to_terminal(fd_, "\r" + progress_line(fraction));
}

void ProgressBar::clear() {
  if (drawn_) write_to_terminal(fd_, "\r\033[K");
  drawn_ = false;
}

std::string progress_line(double fraction) {
  static constexpr int width = 30;
  const double share = std::clamp(std::isfinite(fraction) ? fraction : 0.0, 0.0, 1.0);
  const auto done = static_cast<std::size_t>(std::lround(share * width));
  const std::string percent = std::to_string(std::lround(share * 100));
  return "[" + std::string(done, '#') + std::string(width - done, '-') + "] " + std::string(3 - percent.size(), ' ') +
         percent + " %";
}

}  // namespace soundbite
