#include "speech/piper/phonemes.h"

#include <gmock/gmock.h>

#include "speech/text/sentences.h"

namespace soundbite {
namespace {

using testing::ElementsAre;

class Phonemes : public testing::Test {
 protected:
  std::u32string of(std::string_view sentence, const std::string& voice = "en-us") {
    return phonemize(*espeak_, voice, sentence).value();
  }
  std::shared_ptr<Espeak> espeak_ = open_espeak().value();
};

TEST_F(Phonemes, carry_the_punctuation_that_espeak_eats) {
  EXPECT_EQ(of("Hello, world! Who?"), U"həlˈoʊ, wˈɜːld! hˈuː?");
  EXPECT_EQ(of("Hello"), U"həlˈoʊ.");
}

TEST_F(Phonemes, are_one_code_point_each_in_nfd) {
  const auto french = of("Un bon vin", "fr-fr");
  EXPECT_NE(french.find(U'\u0303'), french.npos);                       // the tilde by itself
  EXPECT_EQ(french.find_first_of(U"\u00e3\u1ebd\u00f5"), french.npos);  // never composed
}

TEST_F(Phonemes, drop_the_marks_of_a_change_of_language) {
  const auto mixed = of("Привет, world и мир", "ru");
  EXPECT_EQ(mixed.find_first_of(U"()"), mixed.npos);
  EXPECT_NE(mixed.find(U"wˈɜːld"), mixed.npos);
}

TEST_F(Phonemes, are_none_for_what_has_no_sound) {
  for (const char* text : {"...", "\u200b", "\"\"", "?!"}) EXPECT_TRUE(of(text).empty()) << text;
}

TEST_F(Phonemes, of_long_texts_lose_nothing) {
  const auto count = [](const std::u32string& in, std::u32string_view what) {
    std::size_t found = 0;
    for (std::size_t at = in.find(what); at != in.npos; at = in.find(what, at + 1)) ++found;
    return found;
  };
  std::string words;
  for (int i = 0; i < 400; ++i) words += "seven ";
  EXPECT_EQ(count(of(words), U"vən"), 400u);
  EXPECT_EQ(count(of(std::string(1'000, '7')), U"vən"), 1'000u);
  EXPECT_EQ(count(of(std::string(1'000, 'x')), U"ks"), 1'000u);
}

TEST(PhonemePieces, are_cut_behind_a_mark_else_at_a_space_else_anywhere) {
  EXPECT_THAT(cut_phonemes(U"aaaa, bbbb cccc", 10), ElementsAre(U"aaaa,", U"bbbb cccc"));
  EXPECT_THAT(cut_phonemes(U"aaaa bbbb cccc", 10), ElementsAre(U"aaaa bbbb", U"cccc"));
  EXPECT_THAT(cut_phonemes(U"aaaabbbbcccc", 10), ElementsAre(U"aaaabbbbcc", U"cc"));
  EXPECT_TRUE(cut_phonemes(U"", 10).empty());
}

TEST(PhonemeIds, stand_between_the_marks_of_begin_and_end_with_padding) {
  const PhonemeMap map{{U'_', {0}}, {U'^', {1}}, {U'$', {2}}, {U'a', {14}}, {U'b', {15, 16}}, {U'.', {10}}};
  const auto ids = to_ids(U"ab?.", map);
  EXPECT_THAT(ids.ids, ElementsAre(1, 0, 14, 0, 15, 16, 0, 10, 0, 2));
  EXPECT_EQ(ids.unknown, 1u);
  EXPECT_EQ(ids.spoken, 2u);
}

}  // namespace
}  // namespace soundbite
