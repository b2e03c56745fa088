#include "app/media_settings.h"

namespace soundbite {

MediaHostOptions media_options(const Config& config) {
  return {.program = config.media_program, .require_strict = config.sandbox == "strict"};
}

MediaLimits media_limits(const Config& config) {
  return {.max_seconds = std::chrono::duration<double>(config.max_audio).count()};
}

}  // namespace soundbite
