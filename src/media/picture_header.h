// What a picture's first bytes say of it: covers are carried, never decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace soundbite::media {

struct PictureHeader {
  enum class Kind { png, jpeg };
  Kind kind = Kind::png;
  int width = 0;  // pixels, 1–65,535
  int height = 0;
};

// Nullopt for everything that is neither a PNG nor a JPEG with a size. Pure.
std::optional<PictureHeader> read_picture_header(std::span<const std::uint8_t> bytes);

}  // namespace soundbite::media
