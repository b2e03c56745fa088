#include "app/recording/terminal_waveform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace soundbite {

namespace {

constexpr int rows = 3;  // above the middle line, and as many below it
constexpr std::array<std::string_view, 9> rising = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
// Hanging bars: there are no eighth blocks from above but these.
constexpr std::array<std::string_view, 9> hanging = {" ", "▔", "▔", "▀", "▀", "▀", "▀", "█", "█"};

// Eighths of row `row` (0: next to the middle) that a bar of this height fills.
std::size_t filled(float peak, int row) {
  const float eighths = std::clamp(peak, 0.0F, 1.0F) * rows * 8 - static_cast<float>(row) * 8;
  return static_cast<std::size_t>(std::clamp(std::lround(eighths), 0L, 8L));
}

void append_row(std::string& out, std::span<const float> peaks, int row,
                const std::array<std::string_view, 9>& blocks) {
  std::string line;
  for (const float peak : peaks) line += blocks[filled(peak, row)];
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

std::string terminal_waveform(std::span<const float> peaks) {
  std::string out;
  for (int row = rows - 1; row >= 0; --row) append_row(out, peaks, row, rising);
  for (int row = 0; row < rows; ++row) append_row(out, peaks, row, hanging);
  return out;
}

}  // namespace soundbite
