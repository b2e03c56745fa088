// Numbers as sentences show them.
#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace soundbite::media {

// "-16.0"
inline std::string one_decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

// "0.1", "60": no zeros that say nothing.
inline std::string shortest(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

}  // namespace soundbite::media
