#include "media/ogg_layout.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>

namespace soundbite::media {
namespace {

constexpr std::size_t header_bytes = 27;
constexpr std::uint8_t first_page = 2;
constexpr std::uint8_t last_page = 4;

}  // namespace

OggLayout read_ogg_layout(ByteSource& bytes) {
  OggLayout layout;
  bool in_front = false;  // among first pages
  for (std::uint64_t at = 0;;) {
    std::array<std::uint8_t, header_bytes + 255> page{};
    const std::size_t n = bytes.read_at(page, at);
    const std::string_view capture(reinterpret_cast<const char*>(page.data()), 4);
    if (n < header_bytes || capture != "OggS" || n < header_bytes + page[26]) {
      layout.complete = layout.complete && at >= bytes.size();
      return layout;
    }
    const bool first = (page[5] & first_page) != 0;
    if (first && !in_front) ++layout.links;
    in_front = first;
    const auto segments = std::span(page).subspan(header_bytes, page[26]);
    at += header_bytes + page[26] + std::accumulate(segments.begin(), segments.end(), std::uint64_t{0});
    layout.complete = (page[5] & last_page) != 0 && at <= bytes.size();
  }
}

}  // namespace soundbite::media
