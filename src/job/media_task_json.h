// MediaTask and its answer as JSON: between the server and its media child. What a child answers is checked in full,
// since it may be anything once it has parsed hostile bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"
#include "job/media_task.h"

namespace soundbite {

std::string to_json(const MediaTask& task);
Result<MediaTask> parse_media_task(std::string_view text);

// Longer ones are refused, as is one that is not a JSON object.
inline constexpr std::size_t max_analysis_bytes = std::size_t{8} << 20;

// The outcome, or the error with its fields: one line of JSON. An analysis is behind it as it is, from the second line
// to the end: so it is checked without building it, and stored byte for byte. Numbers have six decimals.
std::string to_json(const Result<MediaOutcome>& outcome);
// What the child said, be it an outcome or an error; internal when it makes no sense.
Result<MediaOutcome> parse_media_outcome(std::string_view text);

// The form of a job's record: {"requested": {…}, "achieved": {…}, "pass": …}.
std::string to_json(const Verification& verification);
Result<Verification> parse_verification(std::string_view text);

}  // namespace soundbite
