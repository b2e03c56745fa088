// Whatever the first bytes, a file is in one of the known containers or in none; text is in none.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "job/media_type.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto first = bytes.first(std::min(size, soundbite::sniff_bytes));
  const auto container = soundbite::sniff_container(first);
  if (!container) return 0;
  if (soundbite::traits_of(*container).container != *container) std::abort();
  // As pages, playlists and documents begin.
  if (data[0] == '<' || data[0] == '#' || data[0] == '%') std::abort();
  return 0;
}
