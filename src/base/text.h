// UTF-8 and the small questions asked of names.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace soundbite {

// The byte at which `text` stops being well-formed UTF-8 (overlong forms, surrogates and values past U+10FFFF are not).
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Code points of well-formed UTF-8.
std::size_t count_code_points(std::string_view text);

// A JSON string literal, ASCII only for control characters; invalid UTF-8 becomes U+FFFD.
std::string quote_json(std::string_view text);

// Up to `limit` of `names` nearest to `name` by edit distance (case folded for ASCII), nearest first; only those close
// enough to be a likely slip, so it may be empty.
std::vector<std::string> nearest_names(std::string_view name, std::span<const std::string> names,
                                       std::size_t limit = 3);

}  // namespace soundbite
