// A voice that says one sentence at a time: what engines differ in. TextSpeech makes a Speech of it.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct SpokenPiece {
  std::vector<float> samples;  // mono, −1…1
  double done = 0;             // of the sentence, 0–1, after this piece
  bool begins = false;         // the first, the last of a run of the voice: where its signal may not start at zero
  bool ends = false;
};

// For one thread at a time.
class SentenceVoice {
 public:
  virtual ~SentenceVoice() = default;
  virtual int sample_rate() const = 0;  // Hz

  // Takes up a sentence; the one before is given up. Errors: cancelled, unavailable, internal.
  virtual Result<void> begin(const std::string& sentence, std::stop_token stop) = 0;
  // Its next samples, nullopt at its end (at once when it has nothing to say). Errors: cancelled, internal.
  virtual Result<std::optional<SpokenPiece>> next(std::stop_token stop) = 0;
};

}  // namespace soundbite
