// The pieces of text that espeak-ng can take at once. Offsets are bytes of UTF-8. Pure functions; linear time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace soundbite {

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const TextRange&) const = default;
};

// A run of words and the mark after it, as one of , ; : . ! ? — or 0 when it was cut for its length only.
struct Clause {
  std::string text;
  char mark = 0;
  bool operator==(const Clause&) const = default;
};

// How much speech a code point can become: 1 is a letter of a word (about 1/15 s), a digit is a word of its own.
std::size_t speech_cost(char32_t code_point);

// espeak-ng drops what exceeds 1,000 phonemes, 800 bytes or 300 words in one clause, without a word. The costliest
// character per unit is a letter that has to be spelled: three phonemes.
inline constexpr std::size_t max_clause_cost = 240;

// Cuts `range` of `text` (well-formed UTF-8) so that no piece costs more than `max_cost`: after a clause mark when
// there is one in the last two thirds, else at white space, else between two characters.
std::vector<TextRange> cut_to_cost(std::string_view text, TextRange range, std::size_t max_cost);

// The clauses of one sentence. The last mark of a sentence without one is '.'.
std::vector<Clause> split_clauses(std::string_view sentence);

}  // namespace soundbite
