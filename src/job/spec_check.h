// Checks of what was asked that do not depend on how it was written: shared by JSON, the command line and the plan of
// an output. Each adds what is wrong to `errors`, with the pointer of the request's field.
#pragma once

#include <vector>

#include "base/error.h"
#include "job/job_spec.h"

namespace soundbite {

// What a request may ask for; a recording of more channels may keep them where the format can hold them.
inline constexpr int max_asked_channels = 2;

void check_speech(const SpeechRequest& speech, const SpecLimits& limits, std::vector<FieldError>& errors);

// Of a source with `source_channels`: that many come out when no number is asked.
void check_output(const OutputSpec& output, std::vector<FieldError>& errors, int source_channels = 1);

// Of a source that is not decoded yet: a bitrate is right when one or two channels can have it.
void check_output_of_recording(const OutputSpec& output, std::vector<FieldError>& errors);

}  // namespace soundbite
