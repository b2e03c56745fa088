#include "media/picture/spectrogram_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "media/picture/font.h"
#include "media/picture/time_axis.h"

namespace soundbite::media {

namespace {

constexpr int width = 1'200;
constexpr int height = 500;
constexpr int left = 64;
constexpr int right = 100;
constexpr int top = 12;
constexpr int bottom = 30;
constexpr int plot_width = width - left - right;
constexpr int plot_height = height - top - bottom;

constexpr int range_db = 90;  // what the colours span

constexpr int shades = 240;  // inks 0 … 239, from low to high
enum : Ink { ground = shades, axis, label };

// From night to light, brighter all the way, so that it reads without colours too.
Palette palette() {
  struct Stop {
    double at;
    double red, green, blue;
  };
  constexpr std::array stops = {Stop{0.00, 14, 16, 26},   Stop{0.22, 44, 30, 98},   Stop{0.45, 132, 38, 126},
                                Stop{0.65, 219, 74, 90},  Stop{0.82, 250, 151, 62}, Stop{0.93, 250, 217, 110},
                                Stop{1.00, 255, 251, 226}};
  Palette colours{};
  for (int i = 0; i < shades; ++i) {
    const double at = static_cast<double>(i) / (shades - 1);
    const auto next = std::ranges::find_if(stops, [&](const Stop& stop) { return stop.at >= at; });
    const Stop& b = next == stops.begin() ? *(next + 1) : *next;
    const Stop& a = *(&b - 1);
    const double share = (at - a.at) / (b.at - a.at);
    const auto mix = [&](double from, double to) {
      return static_cast<std::uint8_t>(std::lround(std::lerp(from, to, share)));
    };
    colours[static_cast<std::size_t>(i)] = {mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue)};
  }
  colours[ground] = {18, 21, 29};
  colours[axis] = {90, 99, 120};
  colours[label] = {170, 178, 195};
  return colours;
}

// The highest level of the legend: the loudest cell's, to the next ten.
int top_level(const SpectrogramColumns& columns) {
  float loudest = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) loudest = std::max(loudest, std::ranges::max(columns.column(i)));
  if (!(loudest > 1e-12F)) return 0;
  loudest = std::min(loudest, 1e12F);  // samples without measure have powers without end
  return static_cast<int>(std::ceil(std::log10(static_cast<double>(loudest)))) * 10;
}

Ink shade_of(float power, int top_db) {
  if (!(power > 0)) return 0;
  const double db = 10 * std::log10(static_cast<double>(power));
  const double share = std::clamp(1 - (top_db - db) / range_db, 0.0, 1.0);
  return static_cast<Ink>(std::lround(share * (shades - 1)));
}

// The powers of one column of pixels: the mean of the columns that fall into it, or a point between two of them.
void mix_columns(const SpectrogramColumns& columns, double begin, double end, std::vector<float>& powers) {
  std::ranges::fill(powers, 0.0F);
  const double last = static_cast<double>(columns.size());
  if (end - begin < 1) {
    // Columns have their middle where they were taken, at their beginning.
    const double middle = std::clamp((begin + end) / 2, 0.0, last - 1);
    begin = middle;
    end = middle + 1;
  }
  end = std::min(end, last);
  for (auto i = static_cast<std::size_t>(begin); static_cast<double>(i) < end; ++i) {
    const double share = std::min(end, static_cast<double>(i + 1)) - std::max(begin, static_cast<double>(i));
    const auto column = columns.column(i);
    const auto weight = static_cast<float>(share / (end - begin));
    for (std::size_t row = 0; row < powers.size(); ++row) powers[row] += column[row] * weight;
  }
}

void draw_cells(Canvas& canvas, const SpectrogramColumns& columns, double duration_s, int sample_rate, int top_db) {
  canvas.fill(left, top, plot_width, plot_height, 0);
  if (columns.size() == 0) return;
  constexpr auto rows = SpectrogramColumns::rows;
  const double shown = duration_s * sample_rate / static_cast<double>(columns.column_frames());
  std::vector<float> powers(rows);
  for (int x = 0; x < plot_width; ++x) {
    const double a = std::min(x * shown / plot_width, static_cast<double>(columns.size()) - 1e-3);
    mix_columns(columns, a, (x + 1) * shown / plot_width, powers);
    for (int y = 0; y < plot_height; ++y) {
      const double at = std::clamp((plot_height - 0.5 - y) * rows / plot_height - 0.5, 0.0, rows - 1.0);
      const auto below = static_cast<std::size_t>(at);
      const auto share = static_cast<float>(at - static_cast<double>(below));
      const float power = std::lerp(powers[below], powers[std::min(below + 1, rows - 1)], share);
      canvas.dot(left + x, top + y, shade_of(power, top_db));
    }
  }
}

void draw_frequencies(Canvas& canvas, const SpectrogramColumns& columns) {
  int lowest_free = top + plot_height + glyph_height / 2;
  for (const int hz : {100, 200, 500, 1'000, 2'000, 3'000, 4'000, 6'000, 8'000, 10'000, 12'000, 16'000, 20'000}) {
    const double position = columns.position_of(hz);
    if (position > 0.96) break;  // the unit stands there
    const int y = top + plot_height - 1 - static_cast<int>(std::lround(position * (plot_height - 1)));
    if (y + glyph_height / 2 + 4 > lowest_free) continue;
    lowest_free = y - glyph_height / 2;
    canvas.fill(left - 6, y, 6, 1, axis);
    canvas.text(left - 10, y - glyph_height / 2, hz < 1'000 ? std::to_string(hz) : fmt::format("{}k", hz / 1'000),
                label, Align::right);
  }
  canvas.text(left - 10, top - 4, "Hz", label, Align::right);
  canvas.fill(left - 1, top, 1, plot_height, axis);
}

void draw_legend(Canvas& canvas, int top_db) {
  constexpr int x = width - right + 20;
  constexpr int bar = 14;
  constexpr int upper = top + glyph_height + 8;
  constexpr int bar_height = plot_height - glyph_height - 8;
  canvas.text(x, top - 4, "dBFS", label);
  for (int y = 0; y < bar_height; ++y) {
    canvas.fill(x, upper + y, bar, 1, static_cast<Ink>((bar_height - 1 - y) * (shades - 1) / (bar_height - 1)));
  }
  for (int db = 0; db <= range_db; db += 15) {
    const int y = upper + db * (bar_height - 1) / range_db;
    canvas.fill(x + bar, y, 4, 1, axis);
    canvas.text(x + bar + 8, std::clamp(y - glyph_height / 2, upper - 2, top + plot_height - glyph_height),
                std::to_string(top_db - db), label);
  }
}

}  // namespace

Canvas draw_spectrogram(const SpectrogramColumns& columns, double duration_s, int sample_rate) {
  Canvas canvas(width, height, palette(), ground);
  const int top_db = top_level(columns);
  draw_cells(canvas, columns, duration_s, sample_rate, top_db);
  draw_frequencies(canvas, columns);
  draw_legend(canvas, top_db);
  draw_time_axis(canvas, left, top + plot_height, plot_width, duration_s, axis, label);
  return canvas;
}

}  // namespace soundbite::media
