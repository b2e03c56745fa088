#include "http/handlers/cursor.h"

#include <algorithm>
#include <array>

namespace soundbite::handlers {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// Raised when a cursor holds something else, so that an old one is refused and not misread. With it there are 17 bytes,
// which are 23 characters.
constexpr std::uint8_t form = 1;
constexpr std::size_t bytes = 17;
constexpr std::size_t characters = 23;

}  // namespace

std::string format_cursor(const UuidBytes& last) {
  std::array<std::uint8_t, bytes + 1> plain{form};
  std::ranges::copy(last, plain.begin() + 1);
  std::string text;
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    const unsigned group = unsigned{plain[i]} << 16 | unsigned{plain[i + 1]} << 8 | unsigned{plain[i + 2]};
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text.push_back(alphabet[group >> shift & 63U]);
  }
  text.resize(characters);
  return text;
}

std::optional<UuidBytes> parse_cursor(std::string_view cursor) {
  if (cursor.size() != characters) return std::nullopt;
  std::array<std::uint8_t, bytes + 1> plain{};
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t place = i / 3 * 4 + k;
      const std::size_t digit = place < characters ? alphabet.find(cursor[place]) : 0;
      if (digit == alphabet.npos) return std::nullopt;
      group = group << 6 | static_cast<unsigned>(digit);
    }
    plain[i] = static_cast<std::uint8_t>(group >> 16);
    plain[i + 1] = static_cast<std::uint8_t>(group >> 8);
    plain[i + 2] = static_cast<std::uint8_t>(group);
  }
  UuidBytes id{};
  std::copy_n(plain.begin() + 1, id.size(), id.begin());
  // Also refuses another form, and bits set behind the last byte.
  if (format_cursor(id) != cursor) return std::nullopt;
  return id;
}

}  // namespace soundbite::handlers
