// Whatever the body, parsing answers or names at least one wrong field; an accepted request survives being stored.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "job/spec_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto spec = soundbite::parse_job_spec(body, {});
  if (!spec) {
    if (spec.error().code != soundbite::ErrorCode::invalid || spec.error().fields.empty()) std::abort();
    return 0;
  }
  const auto stored = soundbite::parse_stored_spec(soundbite::to_stored_json(*spec));
  if (!stored || *stored != *spec) std::abort();
  return 0;
}
