// What `soundbite doctor` looks at. Each check says what it found and, when that is not well, what to do.
#pragma once

#include <string>
#include <vector>

#include "app/config/settings.h"
#include "port/media_engine.h"
#include "port/speech_detector.h"
#include "port/speech_engine.h"
#include "sandbox/media_host.h"

namespace soundbite {

enum class Finding { ok, warn, fail };

struct Check {
  std::string name;
  Finding finding = Finding::ok;
  std::string detail;
  std::string remedy = {};  // empty when it is well
};

Check check_onnxruntime(const std::string& library);
Check check_voices_dir(const std::string& dir);
Check check_data_dir(const Config& config);
Check check_port(const ListenAddress& address);
Check check_descriptors();

// One for each voice whose files are broken, and one for all the others.
std::vector<Check> check_voices(const std::vector<Voice>& voices);

// Speaks a word with `voice`.
Check check_speech(SpeechEngine& engine, const std::string& voice);

// One for each format: encodes a tenth of a second.
std::vector<Check> check_formats(MediaEngine& media);

// Of a host that has worked already.
Check check_sandbox(const MediaHost& media);

// Listens to a moment of silence.
Check check_speech_detection(SpeechDetector& detector);

}  // namespace soundbite
