// MediaTask and its answer as JSON: between the server and its media child. What a child answers is checked in full,
// since it may be anything once it has parsed hostile bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "job/media_task.h"

namespace soundbite {

std::string to_json(const MediaTask& task);
Result<MediaTask> parse_media_task(std::string_view text);

// The outcome, or the error with its fields.
std::string to_json(const Result<MediaOutcome>& outcome);
// What the child said, be it an outcome or an error; internal when it makes no sense.
Result<MediaOutcome> parse_media_outcome(std::string_view text);

// The form of a job's record: {"requested": {…}, "achieved": {…}, "pass": …}.
std::string to_json(const Verification& verification);
Result<Verification> parse_verification(std::string_view text);

}  // namespace soundbite
