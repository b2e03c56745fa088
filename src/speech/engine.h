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

struct SpeechOptions {
  std::vector<std::string> voices_dirs;  // Piper: x.onnx + x.onnx.json; the first folder that has a stem wins
  std::string
      onnxruntime_library;  // path of libonnxruntime.so.*; missing: Piper voices are listed as broken, espeak speaks on
  std::size_t threads_per_run =
      1;  // ONNX Runtime's intra-op threads: 1 for a server, 2 for a lone request on two cores
  std::size_t concurrent_runs = 2;  // further speeches wait; bounds memory
};

// Errors: unavailable when espeak-ng cannot start (names the data folder and the package).
Result<std::unique_ptr<SpeechEngine>> make_speech_engine(SpeechOptions options, Log& log,
                                                         prometheus::Registry& registry);

}  // namespace soundbite
