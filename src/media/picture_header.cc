#include "media/picture_header.h"

#include <algorithm>
#include <array>

namespace soundbite::media {
namespace {

constexpr std::array<std::uint8_t, 8> png_signature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

int big16(std::span<const std::uint8_t> bytes, std::size_t at) { return bytes[at] << 8 | bytes[at + 1]; }

std::optional<PictureHeader> sized(PictureHeader::Kind kind, int width, int height) {
  if (width < 1 || height < 1) return std::nullopt;
  return PictureHeader{kind, width, height};
}

std::optional<PictureHeader> read_png(std::span<const std::uint8_t> bytes) {
  // Signature, length and name of IHDR, then width and height of 32 bits, of which a cover uses the lower half.
  if (bytes.size() < 24 || big16(bytes, 16) != 0 || big16(bytes, 20) != 0) return std::nullopt;
  return sized(PictureHeader::Kind::png, big16(bytes, 18), big16(bytes, 22));
}

// Markers that start a frame: C0–CF without the tables DHT (C4), JPG (C8) and DAC (CC).
bool starts_frame(int marker) { return marker == 0xC0 || (marker > 0xC0 && marker <= 0xCF && marker % 4 != 0); }

std::optional<PictureHeader> read_jpeg(std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 2; at + 9 <= bytes.size();) {
    if (bytes[at] != 0xFF) return std::nullopt;
    const int marker = bytes[at + 1];
    if (marker == 0xFF) {  // fill
      ++at;
      continue;
    }
    if (starts_frame(marker)) return sized(PictureHeader::Kind::jpeg, big16(bytes, at + 7), big16(bytes, at + 5));
    at += 2 + static_cast<std::size_t>(big16(bytes, at + 2));
  }
  return std::nullopt;
}

}  // namespace

std::optional<PictureHeader> read_picture_header(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > png_signature.size() && std::ranges::equal(bytes.first(png_signature.size()), png_signature)) {
    return read_png(bytes);
  }
  if (bytes.size() > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF) return read_jpeg(bytes);
  return std::nullopt;
}

}  // namespace soundbite::media
