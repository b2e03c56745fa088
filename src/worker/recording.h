// A recording, or speech with operations or an analysis, through the pipeline of the media child.
#pragma once

#include "worker/attempt.h"

namespace soundbite {

// Errors: as make_audio.
Result<AttemptResult> make_recording(const JobSpec& spec, const Materials& materials, const MediaLimits& limits,
                                     Engines engines, AttemptControl& control);

}  // namespace soundbite
