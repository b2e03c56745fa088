#include "service/file_name.h"

#include <cstdint>

#include "base/text.h"

namespace soundbite {

namespace {

// The code point at the start of well-formed UTF-8, and how many bytes it has.
std::pair<char32_t, std::size_t> first_code_point(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  char32_t value = size == 1 ? lead : lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) value = value << 6 | (static_cast<std::uint8_t>(text[i]) & 0x3fU);
  return {value, size};
}

bool may_be_shown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool line_end = c == 0x2028 || c == 0x2029;
  const bool direction =
      c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  const bool invisible =
      c == 0x200b || c == 0x2060 || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
  return !control && !line_end && !direction && !invisible;
}

}  // namespace

std::string clean_file_name(std::string_view sent) {
  const std::size_t separator = sent.find_last_of("/\\");
  if (separator != sent.npos) sent.remove_prefix(separator + 1);
  std::string name;
  while (!sent.empty() && name.size() < max_file_name_bytes) {
    if (find_invalid_utf8(sent.substr(0, 4)) == 0) {
      sent.remove_prefix(1);
      continue;
    }
    const auto [code_point, size] = first_code_point(sent);
    if (may_be_shown(code_point)) {
      if (name.size() + size > max_file_name_bytes) break;
      name += sent.substr(0, size);
    }
    sent.remove_prefix(size);
  }
  while (name.starts_with(' ')) name.erase(0, 1);
  while (name.ends_with(' ')) name.pop_back();
  return name == "." || name == ".." ? std::string() : name;
}

}  // namespace soundbite
