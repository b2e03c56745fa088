// Whatever a media child says, it is an outcome, an error with a known code, or makes no sense; what makes sense comes
// back the same from what is written of it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "job/media_task_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto outcome = soundbite::parse_media_outcome({reinterpret_cast<const char*>(data), size});
  const std::string written = soundbite::to_json(outcome);
  if (soundbite::find_invalid_utf8(written)) std::abort();
  // Numbers are written with six decimals, so the first time may round.
  const auto again = soundbite::parse_media_outcome(written);
  if (again.has_value() != outcome.has_value()) std::abort();
  if (!outcome && again.error() != outcome.error()) std::abort();
  if (soundbite::parse_media_outcome(soundbite::to_json(again)) != again) std::abort();
  return 0;
}
