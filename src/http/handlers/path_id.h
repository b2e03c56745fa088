// The {id} of an address.
#pragma once

#include <expected>
#include <string_view>

#include "base/id.h"
#include "http/message.h"

namespace soundbite::handlers {

// "there is no such soundbite"
Refusal no_such(std::string_view what);

// True for the canonical form, in lower case: each thing has one address.
bool is_canonical_id(std::string_view text);

// `what` it is, for people: "soundbite". What is no id names nothing.
template <class IdType>
std::expected<IdType, Refusal> path_id(const Request& request, std::string_view what) {
  if (!is_canonical_id(request.parameter)) return std::unexpected(no_such(what));
  return *IdType::parse(request.parameter);
}

inline std::expected<JobId, Refusal> soundbite_id(const Request& request) {
  return path_id<JobId>(request, "soundbite");
}

}  // namespace soundbite::handlers
