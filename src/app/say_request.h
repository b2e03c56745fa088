// What `soundbite say` was asked for.
#pragma once

#include <string>

#include "app/command.h"
#include "job/job_spec.h"

namespace soundbite {

struct SayRequest {
  SpeechRequest speech;  // voice_id is empty when none was named; the text is there
  OutputSpec output;
  std::string target;  // a path, or "-" for standard output
  bool json = false;
};

// Reads flags and words, and the text from standard input where it is asked for, and checks all of it.
std::expected<SayRequest, Failure> read_say_request(const Arguments& arguments, const Config& config);

// The line that tells the user of wrong fields by the names of the flags; a field without a pointer by its detail
// alone.
std::string explain_fields(const std::vector<FieldError>& errors);

// The format that a file's name asks for. Errors: invalid, naming the formats.
Result<Format> format_of_name(const std::string& path);

}  // namespace soundbite
