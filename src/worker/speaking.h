// Text spoken on a cpu thread, into an encode or into the pipeline.
#pragma once

#include <functional>
#include <span>

#include "worker/attempt.h"

namespace soundbite {

using WriteSamples = std::function<Result<void>(std::span<const float> samples)>;

// Hands every chunk on as it is spoken; progress runs up to `share`. Returns when the first samples came, in seconds
// from the start. Errors: as make_audio.
Result<double> speak_into(Speech& speech, const WriteSamples& write, AttemptControl& control, double share);

// Begins to speak. A voice that is gone since the request was taken will not come back by trying again: invalid.
Result<std::unique_ptr<Speech>> begin_speech(const JobSpec& spec, SpeechEngine& engine);

// Speech as it is, encoded while it is spoken. Errors: as make_audio.
Result<AttemptResult> make_speech(const JobSpec& spec, const File& file, Engines engines, AttemptControl& control);

}  // namespace soundbite
