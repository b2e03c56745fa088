// Which bytes may stand where in a request (RFC 9110, RFC 3986).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace soundbite {

namespace characters {

inline constexpr std::uint8_t token = 1;      // methods and field names
inline constexpr std::uint8_t value = 2;      // field values: tab, visible ASCII, space, obs-text
inline constexpr std::uint8_t target = 4;     // request targets: visible ASCII
inline constexpr std::uint8_t authority = 8;  // host and port, without user information

constexpr std::array<std::uint8_t, 256> make_table() {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view set, std::uint8_t kind) {
    for (const char c : set) table[static_cast<unsigned char>(c)] |= kind;
  };
  constexpr std::string_view alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  mark(alphanumeric, token | authority);
  mark("!#$%&'*+-.^_`|~", token);
  mark(".-_~%:[]", authority);
  for (std::size_t c = 0x21; c < 0x7f; ++c) table[c] |= value | target;
  for (std::size_t c = 0x80; c < 0x100; ++c) table[c] |= value;
  table[' '] |= value;
  table['\t'] |= value;
  return table;
}

inline constexpr std::array<std::uint8_t, 256> table = make_table();

}  // namespace characters

inline bool is(char c, std::uint8_t kind) { return (characters::table[static_cast<unsigned char>(c)] & kind) != 0; }

inline bool all(std::string_view text, std::uint8_t kind) {
  std::uint8_t common = kind;
  for (const char c : text) common &= characters::table[static_cast<unsigned char>(c)];
  return common != 0;
}

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Equal but for the case of ASCII letters; `expected` is in lower case.
inline bool equals_folded(std::string_view text, std::string_view expected) {
  if (text.size() != expected.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != expected[i]) return false;
  }
  return true;
}

// Without spaces and tabs at both ends.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace soundbite
