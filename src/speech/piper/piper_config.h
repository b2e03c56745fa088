// What the .onnx.json beside a Piper voice says.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "speech/piper/phonemes.h"

namespace soundbite {

struct PiperConfig {
  int sample_rate = 0;       // Hz
  std::string espeak_voice;  // "en-us"
  std::string language;      // BCP 47
  std::string name;          // the data set's and the quality's: "joe (medium)"; empty: not given
  float noise_scale = 0.667f;
  float length_scale = 1;
  float noise_w = 0.8f;
  PhonemeMap phonemes;
  std::map<std::string, std::int64_t> speakers;  // empty for one speaker
  std::int64_t speaker_count = 1;
  std::int64_t highest_id = 0;  // of a phoneme; must be below the model's number of symbols
};

// Errors: invalid, in one sentence that says what is missing or wrong.
Result<PiperConfig> parse_piper_config(std::string_view json);

// "en_US" or espeak-ng's "en-us" as BCP 47: "en-US".
std::string to_language_tag(std::string_view code);

}  // namespace soundbite
