// Speech segments by the Silero VAD model.
#pragma once

#include <memory>
#include <string>

#include "port/speech_detector.h"

namespace soundbite {

struct SileroOptions {
  std::string onnxruntime_library;
  std::string model;  // silero_vad_16k_sequence.onnx
};

// Nothing is loaded before the first listen(), and what failed to load is tried again by the next one. Listeners must
// not outlive the detector.
std::unique_ptr<SpeechDetector> make_silero_detector(SileroOptions options);

}  // namespace soundbite
