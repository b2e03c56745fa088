#include "speech/text/clauses.h"

#include <unicode/uchar.h>

#include "speech/text/code_points.h"

namespace soundbite {

namespace {

bool is_space(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

// Belongs to the character before it: cutting in front of it would change that one.
bool continues_character(char32_t c) {
  const int8_t type = u_charType(static_cast<UChar32>(c));
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK || c == 0x200d ||
         (c >= 0x1f3fb && c <= 0x1f3ff);
}

// A bracket or quotation mark that may stand between a mark and the white space after it.
bool closes(char32_t c) {
  if (c == U'"' || c == U'\'' || c == U'’' || c == U'”' || c == U'»' || c == U'«') return true;
  const int8_t type = u_charType(static_cast<UChar32>(c));
  return type == U_END_PUNCTUATION || type == U_FINAL_PUNCTUATION;
}

// , ; : . ! ? for every code point that is one of them in its script, else 0.
char mark_of(char32_t c) {
  switch (c) {
    case U',':
    case U'，':
    case U'、':
    case U'،':
    case U'—': return ',';
    case U';':
    case U'；':
    case U'؛': return ';';
    case U':':
    case U'：': return ':';
    case U'.':
    case U'。':
    case U'．':
    case U'।':
    case U'۔':
    case U'…': return '.';
    case U'!':
    case U'！': return '!';
    case U'?':
    case U'？':
    case U'؟':
    case U'\u037e': return '?';
    default: return 0;
  }
}

// Outside ASCII a mark needs no white space after it (Chinese has none).
bool stands_alone(char32_t c) { return c >= 0x80; }

int weight(char mark) {
  static constexpr std::string_view by_weight = ",:;.!?";
  return static_cast<int>(by_weight.find(mark));
}

// The marks and closers from `at` on: where they end, the weightiest mark, and how many full stops there were.
struct MarkRun {
  std::size_t end = 0;
  char mark = 0;
  std::size_t stops = 0;
  bool alone = false;
};

MarkRun read_marks(std::string_view text, std::size_t at) {
  MarkRun run{.end = at};
  for (std::size_t next = at; next < text.size();) {
    const char32_t c = next_code_point(text, next);
    const char mark = mark_of(c);
    if (mark == 0 && !(run.end > at && closes(c))) break;
    if (mark != 0 && (run.mark == 0 || weight(mark) > weight(run.mark))) run.mark = mark;
    if (mark == '.') run.stops += c == U'…' ? 3 : 1;
    run.alone |= mark != 0 && stands_alone(c);
    run.end = next;
  }
  return run;
}

bool space_or_end(std::string_view text, std::size_t at) {
  return at >= text.size() || is_space(next_code_point(text, at));
}

// The mark that `run` puts into the speech, 0 when it is part of a word (3.14, 12:30, Mr. Smith).
char spoken_mark(std::string_view text, const MarkRun& run) {
  const bool last = run.end >= text.size();
  if (!run.alone && !space_or_end(text, run.end)) return 0;
  if (run.mark != '.' || last) return run.mark;
  // Inside a sentence: an ellipsis is a pause, a single full stop is an abbreviation's.
  if (run.stops > 1) return ',';
  return run.alone ? '.' : 0;
}

std::string_view trimmed(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t next = 0; next < text.size() && is_space(next_code_point(text, next));) begin = next;
  std::size_t end = text.size();
  for (std::size_t before = end; before > begin && is_space(previous_code_point(text, before));) end = before;
  return text.substr(begin, end - begin);
}

// Zero-width spaces, joiners, direction marks.
bool is_invisible(char32_t c) { return u_charType(static_cast<UChar32>(c)) == U_FORMAT_CHAR; }

bool has_words(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_space(c) && !closes(c) && !is_invisible(c) && mark_of(c) == 0) return true;
  }
  return false;
}

bool is_consonant(char32_t c) {
  static constexpr std::u32string_view vowels = U"aeiouyAEIOUY";
  return c < 0x80 && u_isalpha(static_cast<UChar32>(c)) && !vowels.contains(c);
}

// One that has a name to be read. (Flags are two letters each and stay together.)
bool is_pictograph(char32_t c) { return c >= 0x1f300 && !continues_character(c); }

// espeak-ng keeps about 160 phonemes of a word and drops its end without a word: 40 letters that it reads, but only 20
// that it has to spell ("www…"). And of emoji without spaces between them it reads half the name.
std::string with_separate_words(std::string_view text) {
  constexpr std::size_t longest = 40;
  constexpr std::size_t longest_spelled = 16;
  std::string out;
  std::size_t length = 0;
  std::size_t consonants = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    length = is_space(c) ? 0 : length + 1;
    consonants = is_consonant(c) ? consonants + 1 : 0;
    const bool joined = out.ends_with("\u200d");
    const bool too_long =
        length > longest || consonants > longest_spelled || (length > 1 && is_pictograph(c) && !joined);
    if (too_long && !continues_character(c)) {
      out += ' ';
      length = 1;
      consonants = is_consonant(c) ? 1 : 0;
    }
    out += text.substr(begin, at - begin);
  }
  return out;
}

void append_clause(std::string_view text, char mark, std::vector<Clause>& out) {
  text = trimmed(text);
  if (!has_words(text)) {
    if (!out.empty() && out.back().mark == 0) out.back().mark = mark;
    return;
  }
  for (const TextRange piece : cut_to_cost(text, {0, text.size()}, max_clause_cost))
    out.push_back({with_separate_words(trimmed(text.substr(piece.begin, piece.end - piece.begin))), 0});
  out.back().mark = mark;
}

}  // namespace

std::size_t speech_cost(char32_t c) {
  if (c >= U'0' && c <= U'9') return 4;
  if (c < 0x80) {
    static constexpr std::u32string_view named = U"#$%&*+/<=>@\\^_`|~";
    return named.contains(c) ? 8 : 1;
  }
  if (c < 0x300 || continues_character(c) || is_space(c)) return 1;
  if (c < 0x900) return 2;     // Greek, Cyrillic, Hebrew, Arabic: letters, or spelled out in another language
  if (c < 0x1'0000) return 8;  // a syllable, a word, or "Chinese letter"
  return 24;                   // emoji have names
}

std::vector<TextRange> cut_to_cost(std::string_view text, TextRange range, std::size_t max_cost) {
  std::vector<TextRange> pieces;
  std::size_t begin = range.begin;
  std::size_t at = begin;
  std::size_t cost = 0;
  std::size_t after_mark = begin;  // the best place to cut so far; `begin`: none
  std::size_t after_space = begin;
  std::size_t between = begin;
  bool mark_before = false;
  while (at < range.end) {
    std::size_t next = at;
    const char32_t c = next_code_point(text, next);
    if (at > begin && !continues_character(c)) between = at;
    const std::size_t more = speech_cost(c);
    if (cost + more > max_cost && at > begin) {
      std::size_t cut = after_mark > begin    ? after_mark
                        : after_space > begin ? after_space
                        : between > begin     ? between
                                              : at;
      pieces.push_back({begin, cut});
      begin = at = after_mark = after_space = between = cut;
      cost = 0;
      mark_before = false;
      continue;
    }
    cost += more;
    at = next;
    if (is_space(c)) after_space = at;
    if (cost >= max_cost / 3 && ((mark_before && is_space(c)) || (mark_of(c) != 0 && stands_alone(c)))) after_mark = at;
    mark_before = mark_of(c) != 0 || (mark_before && closes(c));
  }
  if (at > begin) pieces.push_back({begin, range.end});
  return pieces;
}

std::vector<Clause> split_clauses(std::string_view sentence) {
  std::vector<Clause> clauses;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < sentence.size();) {
    std::size_t next = at;
    if (mark_of(next_code_point(sentence, next)) == 0) {
      at = next;
      continue;
    }
    const MarkRun run = read_marks(sentence, at);
    if (const char mark = spoken_mark(sentence, run); mark != 0) {
      append_clause(sentence.substr(begin, at - begin), mark, clauses);
      begin = run.end;
    }
    at = run.end;
  }
  append_clause(sentence.substr(begin), '.', clauses);
  if (!clauses.empty() && clauses.back().mark == 0) clauses.back().mark = '.';
  return clauses;
}

}  // namespace soundbite
