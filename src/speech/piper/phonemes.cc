#include "speech/piper/phonemes.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <stdexcept>

#include "speech/text/clauses.h"

namespace soundbite {

namespace {

constexpr std::u32string_view marks = U",;:.!?";

// ICU's one instance, asked for once: ICU is not built with ThreadSanitizer, which cannot see that it is made only
// once.
const icu::Normalizer2& nfd() {
  static const icu::Normalizer2& instance = [] -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    const auto* made = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU cannot normalise: ") + u_errorName(status));
    return *made;
  }();
  return instance;
}

bool is_space(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

// NFD without the "(en)" that espeak-ng puts where it changes the language, and without what voices reserve: ^ _ $.
std::u32string clean(const std::string& spoken) {
  UErrorCode status = U_ZERO_ERROR;
  const auto text = nfd().normalize(icu::UnicodeString::fromUTF8(spoken), status);
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU cannot normalise: ") + u_errorName(status));
  std::u32string out;
  bool in_switch = false;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto c = static_cast<char32_t>(text.char32At(i));
    if (c == U'(') in_switch = true;
    const bool dropped = in_switch || c == U'^' || c == U'_' || c == U'$';
    if (c == U')') in_switch = false;
    if (dropped) continue;
    if (is_space(c)) {
      if (!out.empty() && out.back() != U' ') out += U' ';
    } else {
      out += c;
    }
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

const std::vector<std::int64_t>& ids_of(const PhonemeMap& map, char32_t phoneme,
                                        const std::vector<std::int64_t>& otherwise) {
  const auto found = map.find(phoneme);
  return found == map.end() ? otherwise : found->second;
}

}  // namespace

Result<std::u32string> phonemize(Espeak& espeak, const std::string& espeak_voice, std::string_view sentence) {
  const auto clauses = split_clauses(sentence);
  std::vector<std::string> texts;
  texts.reserve(clauses.size());
  for (const auto& clause : clauses) texts.push_back(clause.text);
  const auto spoken = espeak.phonemes(espeak_voice, texts);
  if (!spoken) return std::unexpected(spoken.error());
  std::u32string phonemes;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const std::u32string sound = clean((*spoken)[i]);
    if (sound.empty()) continue;
    if (!phonemes.empty()) phonemes += U' ';
    phonemes += sound;
    if (clauses[i].mark != 0) phonemes += static_cast<char32_t>(clauses[i].mark);
  }
  return phonemes;
}

std::vector<std::u32string> cut_phonemes(std::u32string_view phonemes, std::size_t longest) {
  std::vector<std::u32string> pieces;
  while (phonemes.size() > longest) {
    const auto window = phonemes.substr(0, longest);
    std::size_t cut = window.find_last_of(marks);
    cut = cut == window.npos || cut < longest / 3 ? window.rfind(U' ') : cut + 1;
    if (cut == window.npos || cut == 0) cut = longest;
    pieces.emplace_back(phonemes.substr(0, cut));
    phonemes.remove_prefix(cut);
    while (!phonemes.empty() && phonemes.front() == U' ') phonemes.remove_prefix(1);
  }
  if (!phonemes.empty()) pieces.emplace_back(phonemes);
  return pieces;
}

PhonemeIds to_ids(std::u32string_view phonemes, const PhonemeMap& map) {
  const auto& pad = ids_of(map, U'_', {0});
  PhonemeIds out;
  const auto append = [&](const std::vector<std::int64_t>& ids) {
    out.ids.insert(out.ids.end(), ids.begin(), ids.end());
  };
  append(ids_of(map, U'^', {1}));
  append(pad);
  for (const char32_t phoneme : phonemes) {
    const auto found = map.find(phoneme);
    if (found == map.end()) {
      ++out.unknown;
      continue;
    }
    if (phoneme != U' ' && !marks.contains(phoneme)) ++out.spoken;
    append(found->second);
    append(pad);
  }
  append(ids_of(map, U'$', {2}));
  return out;
}

}  // namespace soundbite
