// Text to sentences, by the rules of its language. Offsets are bytes of UTF-8. Pure functions; linear time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "speech/text/clauses.h"

namespace soundbite {

struct Sentence {
  TextRange range;       // in the text given, without white space around it
  bool complete = true;  // false: cut for its length only, the next one goes on
  bool operator==(const Sentence&) const = default;
};

// About 20 s of speech: what one run of a voice may take (memory follows the length).
inline constexpr std::size_t max_sentence_cost = 400;

// `text` byte for byte, with control characters, and the line breaks inside a paragraph, as spaces. A line break ends a
// sentence when the line is short (a heading, a list) and the next one does not go on in lower case; a blank line does.
std::string flatten(std::string_view text);

// The sentences of a flattened text; `language` is BCP 47 ("en-US") or empty.
std::vector<Sentence> split_sentences(const std::string& flat, std::string_view language);

}  // namespace soundbite
