// Stepping through well-formed UTF-8. Pure functions.
#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace soundbite {

// The code point at `at`, which moves behind it. `at` must be below text.size(); U+FFFD for ill-formed bytes.
inline char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto i = static_cast<std::int32_t>(at);
  const auto size = static_cast<std::int32_t>(text.size());
  UChar32 code_point = 0;
  U8_NEXT_OR_FFFD(bytes, i, size, code_point);
  at = static_cast<std::size_t>(i);
  return static_cast<char32_t>(code_point);
}

// The code point that ends at `at`, which moves before it. `at` must be above 0.
inline char32_t previous_code_point(std::string_view text, std::size_t& at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto i = static_cast<std::int32_t>(at);
  UChar32 code_point = 0;
  U8_PREV_OR_FFFD(bytes, 0, i, code_point);
  at = static_cast<std::size_t>(i);
  return static_cast<char32_t>(code_point);
}

}  // namespace soundbite
