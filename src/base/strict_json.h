// JSON from clients and from disk: UTF-8, one value, no duplicate keys, bounded depth, nothing after the value.
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/error.h"

namespace soundbite {

// Deepest nesting accepted; the deepest request of ours is 6.
inline constexpr std::size_t json_max_depth = 32;

// Errors: invalid, with one FieldError (code bad_json or duplicate_key) that names the place.
Result<boost::json::value> parse_strict_json(std::string_view text);

}  // namespace soundbite
