// A picture of at most 256 colours, drawn in memory: one byte a pixel, and files that compress well.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace soundbite::media {

// An index into the palette.
using Ink = std::uint8_t;

struct Rgb {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

using Palette = std::array<Rgb, 256>;

enum class Align { left, centre, right };

// For one thread. What lies outside of it is not drawn.
class Canvas {
 public:
  Canvas(int width, int height, const Palette& palette, Ink background);

  int width() const { return width_; }
  int height() const { return height_; }
  Ink at(int x, int y) const { return pixels_[static_cast<std::size_t>(y) * width_ + x]; }

  void dot(int x, int y, Ink ink);
  void fill(int x, int y, int width, int height, Ink ink);
  // Digits, some letters and signs (font.h); `x` is where it begins, has its middle or ends, `y` its upper edge.
  void text(int x, int y, std::string_view text, Ink ink, Align align = Align::left);

  // The same bytes for the same pixels. Errors: storage_full, internal.
  Result<void> write_png(const File& to) const;

 private:
  int width_;
  int height_;
  Palette palette_;
  std::vector<Ink> pixels_;
};

}  // namespace soundbite::media
