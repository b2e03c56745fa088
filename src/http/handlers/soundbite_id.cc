#include "http/handlers/soundbite_id.h"

#include "http/problems.h"

namespace soundbite::handlers {

std::expected<JobId, Refusal> soundbite_id(const Request& request) {
  const auto id = JobId::parse(request.parameter);
  if (!id || request.parameter.find_first_of("ABCDEF") != request.parameter.npos) {
    return std::unexpected(no_such_soundbite());
  }
  return *id;
}

Refusal no_such_soundbite() { return refuse("not-found", "there is no such soundbite"); }

}  // namespace soundbite::handlers
