#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace soundbite {

namespace {

// Length of the well-formed sequence at the start of `text` (RFC 3629 table), 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return tail(1) ? 2 : 0;
  if (lead < 0xf0) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    if (lead == 0xed && byte(1) > 0x9f) return 0;
    return 3;
  }
  if (lead > 0xf4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) > 0x8f) return 0;
  return 4;
}

char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Levenshtein distance with ASCII case folded.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (fold(a[i]) == fold(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j + 1] + 1, row[j] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t n = sequence_length(text.substr(at));
    if (n == 0) return at;
    at += n;
  }
  return std::nullopt;
}

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xc0) != 0x80; }));
}

std::string quote_json(std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t n = sequence_length(text);
    const char c = text[0];
    if (n == 0) {
      out += "\xef\xbf\xbd";
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f) {
      out += {'\\', 'u', '0', '0', hex[static_cast<std::uint8_t>(c) >> 4], hex[c & 15]};
    } else {
      out += text.substr(0, n);
    }
    text.remove_prefix(std::max<std::size_t>(n, 1));
  }
  return out += '"';
}

std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> names, std::size_t limit) {
  constexpr std::size_t longest = 128;  // distance is quadratic; no name of ours is near this
  if (name.size() > longest) return {};
  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, place in `names`
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t longer = std::max(name.size(), names[i].size());
    // Who writes "fr" may well mean "fr-fr", whatever else is one letter away.
    const bool begins = name.size() >= 2 && edit_distance(name, names[i].substr(0, name.size())) == 0;
    const std::size_t distance = begins ? 0 : edit_distance(name, names[i]);
    // A slip leaves something of the name: two letters of "en" are not a slip for "mp3".
    if (distance <= std::max<std::size_t>(2, longer / 3) && distance < longer) ranked.emplace_back(distance, i);
  }
  std::ranges::sort(ranked);
  std::vector<std::string> nearest;
  for (const auto& [distance, place] : ranked) {
    if (nearest.size() == limit) break;
    nearest.push_back(names[place]);
  }
  return nearest;
}

}  // namespace soundbite
