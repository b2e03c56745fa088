// A waveform drawn with the eighth blocks of Unicode.
#pragma once

#include <span>
#include <string>

namespace soundbite {

// `peaks`: the largest absolute value of each column, 0–1. Two rows of bars mirrored at the middle line, one column
// each.
std::string terminal_waveform(std::span<const float> peaks);

}  // namespace soundbite
