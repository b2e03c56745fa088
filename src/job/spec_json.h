// JobSpec to and from JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "job/job_spec.h"

namespace soundbite {

// Parses and checks the body of POST /api/v1/soundbites. Errors: invalid, with every wrong field at once (pointer,
// code, fix, suggestions). Whether the voice exists is the service's question.
Result<JobSpec> parse_job_spec(std::string_view body, const SpecLimits& limits);

// The stored form; parse_stored_spec(to_stored_json(s)) == s.
std::string to_stored_json(const JobSpec& spec);
Result<JobSpec> parse_stored_spec(std::string_view stored);

}  // namespace soundbite
