// Refusals and the problems they are sent as (RFC 9457).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "base/time.h"
#include "http/message.h"

namespace soundbite {

// `type` is a name of problem_types().
Refusal refuse(std::string_view type, std::string detail, std::vector<FieldError> errors = {});
// What a service or a port answered; the message of an internal error goes to the log alone.
Refusal refuse(const Error& error);

struct ProblemContext {
  std::string_view public_url;
  const Clock& clock;
  Random& random;
};

// Adds instance, timestamp and correlation id, and Retry-After to 429 and 503.
Response render_refusal(const Refusal& refusal, std::string_view correlation_id, const ProblemContext& context);

}  // namespace soundbite
