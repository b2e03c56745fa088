// Whatever the bytes, parsing answers or refuses; what it accepts is UTF-8, and is accepted again after a round trip.
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/strict_json.h"
#include "base/text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = soundbite::parse_strict_json(text);
  if (!value) return 0;
  if (soundbite::find_invalid_utf8(text)) std::abort();
  // Not compared: boost reads a double to within one unit in the last place.
  if (!soundbite::parse_strict_json(boost::json::serialize(*value))) std::abort();
  return 0;
}
