// Which full stops do not end a sentence. Pure functions.
#pragma once

#include <string_view>

namespace soundbite {

enum class FullStop {
  ends,       // nothing known against it
  never,      // a title or the like: its name follows
  sometimes,  // ends a sentence when a new one plainly begins
};

// What the stop after `word` (without that stop: "Mr", "e.g") means in `language` (BCP 47; only its first part counts).
FullStop full_stop_after(std::string_view word, std::string_view language);

// True when `word` opens a sentence more often than it follows an abbreviation ("He", "The").
bool opens_sentence(std::string_view word, std::string_view language);

}  // namespace soundbite
