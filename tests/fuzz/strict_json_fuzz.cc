// Whatever the bytes, parsing answers or refuses; what it accepts, it accepts again after a round trip, unchanged.
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
  const std::string printed = boost::json::serialize(*value);
  const auto again = soundbite::parse_strict_json(printed);
  if (!again || boost::json::serialize(*again) != printed) std::abort();
  return 0;
}
