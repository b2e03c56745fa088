// A sentence to the symbols a Piper voice knows: IPA code points and punctuation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "speech/espeak/espeak.h"

namespace soundbite {

// IPA in NFD, one code point a phoneme, each clause's mark behind it; empty when there is nothing to say.
// Errors: unavailable when espeak-ng has no such voice.
Result<std::u32string> phonemize(Espeak& espeak, const std::string& espeak_voice, std::string_view sentence);

// Cuts so that no piece is longer than `longest`: behind a mark, else at a space, else anywhere.
std::vector<std::u32string> cut_phonemes(std::u32string_view phonemes, std::size_t longest);

using PhonemeMap = std::unordered_map<char32_t, std::vector<std::int64_t>>;

struct PhonemeIds {
  std::vector<std::int64_t> ids;
  std::size_t spoken = 0;   // phonemes that make a sound: neither marks nor spaces
  std::size_t unknown = 0;  // not in the voice's map, left out
};

// ^ and _, then each phoneme's ids with _ behind it, then $.
PhonemeIds to_ids(std::u32string_view phonemes, const PhonemeMap& map);

}  // namespace soundbite
