// Errors that a client can act on.
#pragma once

#include <string>
#include <utility>

#include "base/error.h"

namespace soundbite::media {

// One wrong field: where it is in the request, a stable code, and a sentence that names the fix.
inline Error refusal(std::string pointer, std::string code, std::string detail) {
  std::string message = detail;
  return {ErrorCode::invalid, std::move(message), {{std::move(pointer), std::move(code), std::move(detail), {}}}};
}

inline std::unexpected<Error> refuse(std::string pointer, std::string code, std::string detail) {
  return std::unexpected(refusal(std::move(pointer), std::move(code), std::move(detail)));
}

inline std::unexpected<Error> out_of_memory() { return fail(ErrorCode::unavailable, "out of memory"); }

}  // namespace soundbite::media
