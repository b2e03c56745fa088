#include "media/picture/waveform_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "media/picture/font.h"
#include "media/picture/time_axis.h"

namespace soundbite::media {

namespace {

constexpr int width = 1'200;
constexpr int height = 300;
constexpr int left = 76;
constexpr int right = 16;
constexpr int top = 12;
constexpr int bottom = 30;
constexpr int plot_width = width - left - right;
constexpr int plot_height = height - top - bottom;
constexpr int gap = 8;  // between lanes

// Its own dark ground, so that it looks the same on pages of any colour.
enum : Ink { ground, lane, grid, axis, label, peak, effective, inks };

Palette palette() {
  Palette colours{};
  colours[ground] = {18, 21, 29};
  colours[lane] = {25, 29, 40};
  colours[grid] = {48, 55, 72};
  colours[axis] = {90, 99, 120};
  colours[label] = {170, 178, 195};
  colours[peak] = {52, 120, 198};
  colours[effective] = {136, 196, 255};
  return colours;
}

struct Span {
  double low = 0;
  double high = 0;
};

// What column `x` of the plot shows of `size` values in a row: all that fall into it, or, where columns lie closer than
// values, a point on the line between two.
template <class Value, class Merge, class Between>
auto value_at(int x, std::size_t size, Value value, Merge merge, Between between) {
  const double scale = static_cast<double>(size) / plot_width;
  if (scale < 1) {
    const double at = std::clamp((x + 0.5) * scale - 0.5, 0.0, static_cast<double>(size - 1));
    const auto below = static_cast<std::size_t>(at);
    return between(value(below), value(std::min(below + 1, size - 1)), at - static_cast<double>(below));
  }
  const auto first = static_cast<std::size_t>(x * scale);
  const auto end = std::min(std::max(static_cast<std::size_t>((x + 1) * scale), first + 1), size);
  auto result = value(first);
  for (std::size_t i = first + 1; i < end; ++i) result = merge(result, value(i));
  return result;
}

Span extent_at(const std::deque<std::int16_t>& pixels, int x) {
  return value_at(
      x, pixels.size() / 2, [&](std::size_t i) { return Span{pixels[2 * i] / 32'768.0, pixels[2 * i + 1] / 32'768.0}; },
      [](Span a, Span b) { return Span{std::min(a.low, b.low), std::max(a.high, b.high)}; },
      [](Span a, Span b, double share) {
        return Span{std::lerp(a.low, b.low, share), std::lerp(a.high, b.high, share)};
      });
}

double power_at(const std::vector<float>& powers, int x) {
  struct Mean {
    double sum = 0;
    double count = 1;
  };
  const Mean mean = value_at(
      x, powers.size(), [&](std::size_t i) { return Mean{static_cast<double>(powers[i])}; },
      [](Mean a, Mean b) { return Mean{a.sum + b.sum, a.count + b.count}; },
      [](Mean a, Mean b, double share) { return Mean{std::lerp(a.sum, b.sum, share)}; });
  return mean.sum / mean.count;
}

// How often full scale is halved until the loudest sample just fits: quiet recordings are shown larger, and say so.
int halvings(const WaveformBuilder& waveform) {
  int loudest = 0;
  for (const auto& pixels : waveform.channels()) {
    for (const std::int16_t value : pixels) loudest = std::max(loudest, std::abs(int{value}));
  }
  int result = 0;
  while (result < 8 && loudest > 0 && loudest << (result + 1) <= 32'768) ++result;
  return result;
}

struct Lane {
  int middle = 0;
  int half = 0;      // of its height
  double scale = 1;  // what of it an amplitude of 1 takes
  int y(double amplitude) const {
    return middle - static_cast<int>(std::lround(std::clamp(amplitude * scale, -1.0, 1.0) * half));
  }
};

void draw_grid(Canvas& canvas, const Lane& place, int halved) {
  canvas.fill(left, place.middle - place.half, plot_width, 2 * place.half + 1, lane);
  for (const int sign : {1, -1}) canvas.fill(left, place.middle - sign * (place.half / 2), plot_width, 1, grid);
  if (place.half < 2 * glyph_height) return;  // no room
  canvas.text(left - 8, place.middle - place.half / 2 - glyph_height / 2, fmt::format("{}dB", -6 * (halved + 1)), label,
              Align::right);
}

void draw_channel(Canvas& canvas, const Lane& place, const std::deque<std::int16_t>& pixels,
                  const std::vector<float>& powers) {
  canvas.fill(left, place.middle, plot_width, 1, axis);
  if (pixels.empty()) return;
  for (int x = 0; x < plot_width; ++x) {
    const Span extent = extent_at(pixels, x);
    const int high = place.y(extent.high);
    const int low = place.y(extent.low);
    canvas.fill(left + x, high, 1, low - high + 1, peak);
    const double level = std::sqrt(power_at(powers, x));
    const int level_high = std::max(place.y(level), high);
    const int level_low = std::min(place.y(-level), low);
    if (level_low > level_high) canvas.fill(left + x, level_high, 1, level_low - level_high + 1, effective);
  }
}

}  // namespace

Canvas draw_waveform(const WaveformBuilder& waveform, const LevelMap& levels) {
  Canvas canvas(width, height, palette(), ground);
  const auto& channels = waveform.channels();
  const int count = static_cast<int>(channels.size());
  const int halved = halvings(waveform);
  const int lane_height = (plot_height - gap * (count - 1)) / count;
  for (int c = 0; c < count; ++c) {
    const int half = (lane_height - 1) / 2;
    const Lane place{top + c * (lane_height + gap) + half, half, static_cast<double>(1 << halved)};
    draw_grid(canvas, place, halved);
    const auto channel = static_cast<std::size_t>(c);
    draw_channel(canvas, place, channels[channel], levels.powers(channel));
    if (count == 2) canvas.text(left - 8, place.middle - glyph_height / 2, c == 0 ? "L" : "R", label, Align::right);
  }
  draw_time_axis(canvas, left, height - bottom, plot_width, levels.duration_s(), axis, label);
  return canvas;
}

}  // namespace soundbite::media
