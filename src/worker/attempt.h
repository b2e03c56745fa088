// One attempt at one job, on a cpu thread: text or recordings → media child → finished bytes in scratch files.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "job/job.h"
#include "job/job_spec.h"
#include "port/media_engine.h"
#include "port/speech_detector.h"
#include "port/speech_engine.h"
#include "worker/materials.h"

namespace soundbite {

// What the coroutine that watches an attempt and the thread that makes it share. Thread-safe.
struct AttemptControl {
  std::stop_source stop;
  std::atomic<double> progress{0};
};

struct Engines {
  SpeechEngine& speech;
  MediaEngine& media;
  SpeechDetector& detector;
  Log& log;
};

struct AttemptResult {
  Output output;             // without blob_key
  double first_audio_s = 0;  // from the start of the attempt; 0 where nothing was spoken
};

// Makes what `spec` asks for in the scratch files of `materials`. Blocking. Errors: cancelled when stopped; invalid
// (never to be tried again); what the engines answer.
Result<AttemptResult> make_audio(const JobSpec& spec, const Materials& materials, const MediaLimits& limits,
                                 Engines engines, AttemptControl& control);

}  // namespace soundbite
