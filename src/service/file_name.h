// The name that a client gives its file: shown, never used as a path.
#pragma once

#include <string>
#include <string_view>

namespace soundbite {

inline constexpr std::size_t max_file_name_bytes = 255;

// The last part of a path, without characters that break lines or turn the direction of text around, in valid UTF-8,
// cut to 255 bytes at a character. May be empty.
std::string clean_file_name(std::string_view sent);

}  // namespace soundbite
