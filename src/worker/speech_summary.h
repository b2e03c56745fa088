// What an analysis says of where somebody speaks. Pure.
#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "port/speech_detector.h"

namespace soundbite {

// Puts the member "speech" first into the object "input" of an analysis: {"segments": [{"start", "end"}, …], "share",
// "pauses":
// {"count", "mean", "longest"}}. The share is of the input's decoded duration; pauses lie between segments; of very
// many segments the first 10,000 are listed. Errors: internal when the analysis has another form.
Result<std::string> with_speech(std::string analysis, std::span<const SpeechSegment> segments);

}  // namespace soundbite
