// The opaque cursor of a list: where the next page begins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace soundbite::handlers {

// Base64url of a form number and the id of the last thing shown.
std::string format_cursor(const UuidBytes& last);
// Nullopt for anything that format_cursor does not write.
std::optional<UuidBytes> parse_cursor(std::string_view cursor);

}  // namespace soundbite::handlers
