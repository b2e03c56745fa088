#include "media/picture/font.h"

#include <algorithm>

namespace soundbite::media {

namespace {

using Small = std::array<std::string_view, 7>;

struct Drawn {
  char character;
  Small rows;
};

constexpr std::array drawn = {
    Drawn{'0', {" ### ", "#   #", "#   #", "#   #", "#   #", "#   #", " ### "}},
    Drawn{'1', {"  #  ", " ##  ", "  #  ", "  #  ", "  #  ", "  #  ", " ### "}},
    Drawn{'2', {" ### ", "#   #", "    #", "   # ", "  #  ", " #   ", "#####"}},
    Drawn{'3', {" ### ", "#   #", "    #", "  ## ", "    #", "#   #", " ### "}},
    Drawn{'4', {"   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "}},
    Drawn{'5', {"#####", "#    ", "#### ", "    #", "    #", "#   #", " ### "}},
    Drawn{'6', {" ### ", "#    ", "#    ", "#### ", "#   #", "#   #", " ### "}},
    Drawn{'7', {"#####", "    #", "   # ", "   # ", "  #  ", "  #  ", "  #  "}},
    Drawn{'8', {" ### ", "#   #", "#   #", " ### ", "#   #", "#   #", " ### "}},
    Drawn{'9', {" ### ", "#   #", "#   #", " ####", "    #", "    #", " ### "}},
    Drawn{'.', {"     ", "     ", "     ", "     ", "     ", "  ## ", "  ## "}},
    Drawn{':', {"     ", "  ## ", "  ## ", "     ", "  ## ", "  ## ", "     "}},
    Drawn{'-', {"     ", "     ", "     ", " ### ", "     ", "     ", "     "}},
    Drawn{'B', {"#### ", "#   #", "#   #", "#### ", "#   #", "#   #", "#### "}},
    Drawn{'F', {"#####", "#    ", "#    ", "#### ", "#    ", "#    ", "#    "}},
    Drawn{'H', {"#   #", "#   #", "#   #", "#####", "#   #", "#   #", "#   #"}},
    Drawn{'L', {"#    ", "#    ", "#    ", "#    ", "#    ", "#    ", "#####"}},
    Drawn{'R', {"#### ", "#   #", "#   #", "#### ", "# #  ", "#  # ", "#   #"}},
    Drawn{'S', {" ####", "#    ", "#    ", " ### ", "    #", "    #", "#### "}},
    Drawn{'d', {"    #", "    #", " ####", "#   #", "#   #", "#   #", " ####"}},
    Drawn{'k', {"#    ", "#    ", "#  # ", "# #  ", "##   ", "# #  ", "#  # "}},
    Drawn{'s', {"     ", "     ", " ####", "#    ", " ### ", "    #", "#### "}},
    Drawn{'z', {"     ", "     ", "#####", "   # ", "  #  ", " #   ", "#####"}},
};

bool point(const Small& rows, int x, int y) {
  return x >= 0 && x < 5 && y >= 0 && y < 7 && rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == '#';
}

// Each point becomes four; a quarter takes the colour of the two neighbours that meet at its corner when they are alike
// and the others are not, so that diagonals are smooth.
bool quarter(const Small& rows, int x, int y, int dx, int dy) {
  const bool beside = point(rows, x + dx, y);
  const bool above = point(rows, x, y + dy);
  const bool opposite_beside = point(rows, x - dx, y);
  const bool opposite_above = point(rows, x, y - dy);
  if (beside == above && beside != opposite_above && above != opposite_beside) return beside;
  return point(rows, x, y);
}

}  // namespace

Glyph glyph_of(char character) {
  Glyph glyph{};
  const auto found = std::ranges::find(drawn, character, &Drawn::character);
  if (found == drawn.end()) return glyph;
  for (int y = 0; y < glyph_height; ++y) {
    for (int x = 0; x < glyph_width; ++x) {
      const bool on = quarter(found->rows, x / 2, y / 2, x % 2 == 0 ? -1 : 1, y % 2 == 0 ? -1 : 1);
      if (on) glyph[static_cast<std::size_t>(y)] |= static_cast<std::uint16_t>(1U << (glyph_width - 1 - x));
    }
  }
  return glyph;
}

}  // namespace soundbite::media
