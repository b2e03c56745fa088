#include "http/wire/conditional.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/wire/characters.h"

namespace soundbite {

namespace {

std::string_view opaque(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

// The whole of `digits` as a number; values past 64 bits count as the largest.
std::optional<std::uint64_t> read_position(std::string_view digits) {
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), position);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc() ? position : UINT64_MAX;
}

}  // namespace

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  if (trimmed(if_none_match) == "*") return true;
  // Tags hold no quotes, so every second one closes a tag; commas inside a tag do no harm.
  while (true) {
    const std::size_t open = if_none_match.find('"');
    if (open == if_none_match.npos) return false;
    const std::size_t close = if_none_match.find('"', open + 1);
    if (close == if_none_match.npos) return false;
    if (if_none_match.substr(open, close - open + 1) == opaque(etag)) return true;
    if_none_match.remove_prefix(close + 1);
  }
}

RangeAnswer read_range(std::string_view range, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (range.size() <= unit.size() || !equals_folded(range.substr(0, unit.size()), unit)) return {};
  const std::string_view spec = trimmed(range.substr(unit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == spec.npos || spec.find(',') != spec.npos) return {};

  const std::string_view first_text = spec.substr(0, dash);
  const auto last = read_position(spec.substr(dash + 1));
  if (first_text.empty()) {
    if (!last) return {};
    const std::uint64_t length = std::min(*last, size);
    if (length == 0) return {RangeAnswer::Kind::unsatisfiable};
    return {RangeAnswer::Kind::part, size - length, length};
  }
  const auto first = read_position(first_text);
  if (!first || (!last && dash + 1 < spec.size()) || (last && *last < *first)) return {};
  if (*first >= size) return {RangeAnswer::Kind::unsatisfiable};
  return {RangeAnswer::Kind::part, *first, std::min(last.value_or(UINT64_MAX), size - 1) - *first + 1};
}

}  // namespace soundbite
