// Text to PCM. Synchronous: called on a cpu thread, never on the io thread.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "job/job_spec.h"

namespace soundbite {

struct Voice {
  std::string id;  // "espeak:en-us", "en_US-joe-medium", "en_US-libritts-high@p3922"
  std::string name;
  std::string engine;                  // "espeak-ng", "piper"
  std::vector<std::string> languages;  // BCP 47, the main one first
  std::string gender;                  // "female", "male", "neutral" or empty: not known
  int sample_rate = 0;                 // Hz
  std::string licence;                 // empty: not known
  std::vector<std::string> features;   // "speed", "volume", "sentenceSilence"
  std::string broken;                  // why it cannot speak; empty: it can
  bool operator==(const Voice&) const = default;
};

struct PcmChunk {
  std::vector<float> samples;  // mono, −1…1
  double progress = 0;         // of the whole text, 0–1, after this chunk
};

// One text being spoken. For one thread at a time; memory is bounded whatever the text's length.
class Speech {
 public:
  virtual ~Speech() = default;
  virtual int sample_rate() const = 0;  // Hz, of every chunk

  // The next samples, nullopt at the end. Errors: cancelled soon after `stop` is requested; internal; invalid when the
  // voice cannot speak this text at all.
  virtual Result<std::optional<PcmChunk>> next(std::stop_token stop) = 0;
};

// Thread-safe.
class SpeechEngine {
 public:
  virtual ~SpeechEngine() = default;

  // Every voice there is now, sorted by id; new files in the voices folder are seen within a second.
  virtual std::vector<Voice> voices() = 0;

  // Errors: not_found with a FieldError (pointer /voiceId, code unknown_voice, nearest names as suggestions);
  // unavailable when the voice is broken (its reason in the message).
  virtual Result<Voice> find_voice(const std::string& id) = 0;

  // Begins to speak. May load the voice (up to a second). Errors: as find_voice; invalid.
  virtual Result<std::unique_ptr<Speech>> start(const SpeechRequest& request) = 0;

  // Loads the voice now so that the first request finds it. Errors: as find_voice.
  virtual Result<void> preload(const std::string& id) = 0;
};

}  // namespace soundbite
