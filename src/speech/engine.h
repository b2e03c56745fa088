// Every voice behind one SpeechEngine: espeak-ng's own, and the Piper files of the voices folders.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "port/speech_engine.h"

namespace soundbite {

// When the first samples of a speech come.
enum class FirstAudio {
  cheap,  // after the first four seconds' worth is made: for work that is fetched when it is finished
  early,  // after half a second's worth, for a sixth more work on a short sentence: for who listens meanwhile
};

struct SpeechOptions {
  std::vector<std::string> voices_dirs;  // Piper: x.onnx + x.onnx.json; the first folder that has a stem wins
  // Path of libonnxruntime.so.*; missing: Piper voices are listed as broken, espeak speaks on.
  std::string onnxruntime_library;
  std::size_t threads_per_run = 1;  // ONNX Runtime's: 1 for a server, 2 for a lone request on two cores
  std::size_t concurrent_runs = 2;  // further speeches wait; bounds memory
  FirstAudio first_audio = FirstAudio::cheap;
};

// Errors: unavailable when espeak-ng cannot start (names the data folder and the package).
Result<std::unique_ptr<SpeechEngine>> make_speech_engine(SpeechOptions options, Log& log,
                                                         prometheus::Registry& registry);

}  // namespace soundbite
