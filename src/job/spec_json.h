// JobSpec to and from JSON.
#pragma once

#include <boost/json/value.hpp>
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

// Checks of the single values, shared with the command line. Each adds to `errors` with the given pointer.
void check_speech(const SpeechRequest& speech, const SpecLimits& limits, std::vector<FieldError>& errors);
void check_output(const OutputSpec& output, std::vector<FieldError>& errors);

}  // namespace soundbite
