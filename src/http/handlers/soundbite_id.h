// The {id} of a soundbite's address.
#pragma once

#include <expected>

#include "base/id.h"
#include "http/message.h"

namespace soundbite::handlers {

// Only the canonical form, in lower case, is an id: each soundbite has one address.
std::expected<JobId, Refusal> soundbite_id(const Request& request);

Refusal no_such_soundbite();

}  // namespace soundbite::handlers
