// espeak-ng, the library. Its state is one per process and not thread-safe (concurrent calls speak wrong words without
// an error), so every user shares one Espeak, and each call holds one mutex for one sentence.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct EspeakVoice {
  std::string code;    // "en-us", as espeak-ng --voices prints it
  std::string name;    // "English (America)"
  std::string gender;  // "male", "female" or empty
  std::string file;    // in espeak-ng's data: "gmw/en-US"
};

// Thread-safe.
class Espeak {
 public:
  virtual ~Espeak() = default;

  // Sorted by code. Waits at most for the one listing at the start, never behind speech.
  virtual const std::vector<EspeakVoice>& voices() = 0;
  virtual int sample_rate() const = 0;  // Hz, of speak()

  // What each clause sounds like in `voice`'s language: IPA as espeak-ng writes it, language switches ("(en)")
  // included. Errors: unavailable when there is no such voice.
  virtual Result<std::vector<std::string>> phonemes(const std::string& voice, std::span<const std::string> clauses) = 0;

  // Mono samples, −1…1. `speed` 0.25–4. Errors: unavailable when there is no such voice; cancelled within 0.1 s;
  // internal.
  virtual Result<std::vector<float>> speak(const std::string& voice, const std::string& sentence, double speed,
                                           std::stop_token stop) = 0;
};

// The one of this process; open until it ends. Errors: unavailable, naming the data folder and the package.
Result<std::shared_ptr<Espeak>> open_espeak();

}  // namespace soundbite
