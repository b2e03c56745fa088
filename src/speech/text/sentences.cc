#include "speech/text/sentences.h"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "speech/text/abbreviations.h"
#include "speech/text/code_points.h"

namespace soundbite {

namespace {

constexpr std::size_t wrapped_line = 50;  // bytes; a longer line was probably wrapped, not ended

bool is_space(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool is_lower(std::string_view text, std::size_t at) {
  return at < text.size() && u_islower(static_cast<UChar32>(next_code_point(text, at)));
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  for (std::size_t next = at; next < text.size() && is_space(next_code_point(text, next));) at = next;
  return at;
}

std::size_t skip_spaces_back(std::string_view text, std::size_t begin, std::size_t end) {
  for (std::size_t before = end; before > begin && is_space(previous_code_point(text, before));) end = before;
  return end;
}

bool is_control(char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; }

// The line break at `at` (the first of a run of white space that ends at `next`) ends a sentence.
bool break_ends_sentence(std::string_view text, std::size_t line_begin, std::size_t at, std::size_t next) {
  std::size_t breaks = 0;
  for (const char c : text.substr(at, next - at)) breaks += c == '\n';
  return breaks > 1 || (at - line_begin < wrapped_line && !is_lower(text, next));
}

bool is_word_edge(char32_t c) {
  if (is_space(c) || c == U'—' || c == U'–' || c == U'/') return true;
  const int8_t type = u_charType(static_cast<UChar32>(c));
  return type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION || c == U'"' || c == U'\'';
}

constexpr std::size_t longest_word = 40;  // bytes; looking further would cost more than linear time

// The word that ends at `end`.
std::string_view word_before(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t at = end;
  begin = std::max(begin, end - std::min(end, longest_word));
  for (std::size_t before = at; before > begin;) {
    if (is_word_edge(previous_code_point(text, before))) break;
    at = before;
  }
  return text.substr(at, end - at);
}

std::string_view word_after(std::string_view text, std::size_t at) {
  text = text.substr(0, at + longest_word);
  std::size_t begin = at;
  for (std::size_t next = begin; next < text.size() && !u_isalnum(static_cast<UChar32>(next_code_point(text, next)));)
    begin = next;
  std::size_t end = begin;
  for (std::size_t next = end; next < text.size() && u_isalnum(static_cast<UChar32>(next_code_point(text, next)));)
    end = next;
  return text.substr(begin, end - begin);
}

bool is_initial(std::string_view word) {
  std::size_t at = 0;
  if (word.empty() || word == "I") return false;
  const char32_t c = next_code_point(word, at);
  return at == word.size() && u_isupper(static_cast<UChar32>(c));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 3 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_day(std::string_view word) { return is_number(word) && word.size() <= 2; }

// ICU breaks after every mark that an upper-case letter follows; we know better where an abbreviation, an initial, a
// numbered list or quoted speech stands before it. `at` is ICU's boundary, behind the white space.
bool goes_on(std::string_view text, std::size_t begin, std::size_t at, std::string_view language) {
  const std::size_t end = skip_spaces_back(text, begin, at);
  if (end == begin) return true;
  std::size_t last = end;
  const char32_t c = previous_code_point(text, last);
  if (c != U'.') {
    const int8_t type = u_charType(static_cast<UChar32>(c));
    const bool quote = c == U'"' || c == U'\'' || type == U_FINAL_PUNCTUATION || type == U_END_PUNCTUATION;
    return quote && is_lower(text, at);  // "Go!" he said.
  }
  const std::string_view word = word_before(text, begin, last);
  if (is_initial(word)) return true;
  if (is_day(word) && language.substr(0, language.find('-')) == "de") return true;  // am 3. Mai
  if (is_number(word) && word.data() == text.data() + skip_spaces(text, begin)) return true;
  switch (full_stop_after(word, language)) {
    case FullStop::never: return true;
    case FullStop::sometimes: return !opens_sentence(word_after(text, at), language);
    case FullStop::ends: return false;
  }
  return false;
}

void append_sentence(std::string_view text, std::size_t begin, std::size_t end, std::vector<Sentence>& out) {
  begin = skip_spaces(text.substr(0, end), begin);
  end = skip_spaces_back(text, begin, end);
  if (begin >= end) return;
  for (TextRange piece : cut_to_cost(text, {begin, end}, max_sentence_cost)) {
    piece.begin = skip_spaces(text.substr(0, piece.end), piece.begin);
    const std::size_t trimmed = skip_spaces_back(text, piece.begin, piece.end);
    if (trimmed > piece.begin) out.push_back({{piece.begin, trimmed}, false});
  }
  if (!out.empty()) out.back().complete = true;
}

struct CloseText {
  void operator()(UText* text) const { utext_close(text); }
};

}  // namespace

std::string flatten(std::string_view text) {
  std::string flat(text);
  std::size_t line_begin = 0;
  for (std::size_t at = 0; at < flat.size();) {
    if (flat[at] != '\n') {
      if (is_control(flat[at])) flat[at] = ' ';
      ++at;
      continue;
    }
    std::size_t next = at;
    while (next < text.size() && (text[next] == ' ' || is_control(text[next]))) ++next;
    const bool ends = break_ends_sentence(text, line_begin, at, next);
    std::fill(flat.begin() + static_cast<std::ptrdiff_t>(at), flat.begin() + static_cast<std::ptrdiff_t>(next), ' ');
    if (ends) flat[at] = '\n';
    at = line_begin = next;
  }
  return flat;
}

std::vector<Sentence> split_sentences(const std::string& flat, std::string_view language) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale = icu::Locale::forLanguageTag(std::string(language), status);
  status = U_ZERO_ERROR;  // an unknown language splits by the rules of all
  const std::unique_ptr<icu::BreakIterator> breaks(icu::BreakIterator::createSentenceInstance(locale, status));
  const std::unique_ptr<UText, CloseText> view(
      utext_openUTF8(nullptr, flat.data(), static_cast<std::int64_t>(flat.size()), &status));
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU cannot split sentences: ") + u_errorName(status));
  breaks->setText(view.get(), status);
  std::vector<Sentence> sentences;
  std::size_t begin = 0;
  for (std::int32_t at = breaks->next(); at != icu::BreakIterator::DONE; at = breaks->next()) {
    const auto end = static_cast<std::size_t>(at);
    const bool line_ended = flat[end - 1] == '\n';
    if (!line_ended && end < flat.size() && goes_on(flat, begin, end, language)) continue;
    append_sentence(flat, begin, end, sentences);
    begin = end;
  }
  append_sentence(flat, begin, flat.size(), sentences);
  return sentences;
}

}  // namespace soundbite
