// What only some outputs have, as one JSON object beside the columns that all have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "job/job.h"

namespace soundbite::embedded {

// {"verification": {…}, "dropped": […], "analysed": true}, each where there is any; none where there is nothing.
std::optional<std::string> to_output_extras(const Output& output);
// Into `output`. Errors: corrupt.
Result<void> parse_output_extras(std::string_view stored, Output& output);

}  // namespace soundbite::embedded
