// What the finished audio should be, to and from JSON: {"format", "bitrate", "sampleRate", "channels"}.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "job/job_spec.h"

namespace soundbite {

// Reads the types; the values are checked by check_output. Adds what is wrong to `errors`, below `pointer`.
OutputSpec read_output(const boost::json::object& object, const std::string& pointer, std::vector<FieldError>& errors);

boost::json::object to_json(const OutputSpec& output);

}  // namespace soundbite
