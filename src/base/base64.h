// Base64 (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace soundbite {

// With padding, and in one way only: no white space, no bits set behind the last byte. Nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace soundbite
