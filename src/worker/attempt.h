// One attempt at one job, on a cpu thread: text → PCM → media child → finished bytes in a scratch file.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "job/job.h"
#include "job/job_spec.h"
#include "port/media_engine.h"
#include "port/speech_engine.h"

namespace soundbite {

// What the coroutine that watches an attempt and the thread that makes it share. Thread-safe.
struct AttemptControl {
  std::stop_source stop;
  std::atomic<double> progress{0};
};

struct Made {
  Output output;             // without blob_key
  double first_audio_s = 0;  // from the start of the attempt
};

// Speaks `spec` into `file`. Blocking. Errors: cancelled when stopped; invalid (never to be tried again); what the
// engines answer.
Result<Made> make_audio(const JobSpec& spec, const File& file, SpeechEngine& speech, MediaEngine& media,
                        AttemptControl& control);

}  // namespace soundbite
