#include "media/picture/time_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "media/picture/font.h"

namespace soundbite::media {

namespace {

constexpr std::array steps_s = {0.001, 0.002, 0.005, 0.01,  0.02,    0.05,    0.1,     0.2,
                                0.5,   1.0,   2.0,   5.0,   10.0,    15.0,    30.0,    60.0,
                                120.,  300.0, 600.0, 900.0, 1'800.0, 3'600.0, 7'200.0, 21'600.0};

std::string label_of(double at_s, double step_s) {
  if (step_s < 1) return fmt::format("{:.{}f} s", at_s, step_s < 0.01 ? 3 : step_s < 0.1 ? 2 : 1);
  const long seconds = std::lround(at_s);
  if (seconds < 3'600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::vector<TimeMark> time_marks(double duration_s, int width, int spacing) {
  if (!(duration_s > 0)) return {};
  const double wanted = duration_s * spacing / width;
  const auto found = std::ranges::find_if(steps_s, [&](double step) { return step >= wanted; });
  const double step = found == steps_s.end() ? std::ceil(wanted / 86'400) * 86'400 : *found;
  std::vector<TimeMark> marks;
  for (int i = 0; i * step <= duration_s; ++i) marks.push_back({i * step, label_of(i * step, step)});
  return marks;
}

void draw_time_axis(Canvas& canvas, int x, int y, int width, double duration_s, Ink line, Ink label) {
  constexpr int tick = 5;
  constexpr int spacing = 110;  // a label of "1:00:00" and room beside it
  canvas.fill(x, y, width, 1, line);
  for (const TimeMark& mark : time_marks(duration_s, width, spacing)) {
    const int at = x + std::min(static_cast<int>(mark.at_s / duration_s * width), width - 1);
    canvas.fill(at, y, 1, tick, line);
    const int half = text_width(mark.label) / 2;
    const int middle = std::clamp(at, half + 2, canvas.width() - half - 2);
    canvas.text(middle, y + tick + 3, mark.label, label, Align::centre);
  }
}

}  // namespace soundbite::media
