// A small font for axes: digits, units and signs, 5 × 7 points each, drawn twice as large.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace soundbite::media {

inline constexpr int glyph_width = 10;
inline constexpr int glyph_height = 14;
inline constexpr int glyph_advance = 12;

// Rows from above; the lowest bit is the rightmost point. A character that it does not have is blank.
using Glyph = std::array<std::uint16_t, glyph_height>;

Glyph glyph_of(char character);

constexpr int text_width(std::string_view text) {
  return text.empty() ? 0 : static_cast<int>(text.size()) * glyph_advance - (glyph_advance - glyph_width);
}

}  // namespace soundbite::media
