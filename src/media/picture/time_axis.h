// Where a time axis has its marks, and what stands beside them. Pure.
#pragma once

#include <string>
#include <vector>

#include "media/picture/canvas.h"

namespace soundbite::media {

struct TimeMark {
  double at_s = 0;
  std::string label;  // "0.25 s", "1:05", "1:00:00"
};

// Marks at round times from 0 on, no nearer than `spacing` pixels when `duration_s` takes `width`.
std::vector<TimeMark> time_marks(double duration_s, int width, int spacing);

// Marks and labels below a plot whose lower edge is `y`; needs 26 pixels. Labels keep inside of the canvas.
void draw_time_axis(Canvas& canvas, int x, int y, int width, double duration_s, Ink line, Ink label);

}  // namespace soundbite::media
