#include "speech/text/clauses.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace soundbite {
namespace {

using testing::ElementsAre;

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

std::size_t cost_of(std::string_view text) {
  std::size_t cost = 0;
  for (const char c : text) cost += speech_cost(static_cast<unsigned char>(c));
  return cost;
}

TEST(Clauses, keep_the_mark_behind_them) {
  EXPECT_THAT(split_clauses("Stop, look; listen: now!"),
              ElementsAre(Clause{"Stop", ','}, Clause{"look", ';'}, Clause{"listen", ':'}, Clause{"now", '!'}));
}

TEST(Clauses, leave_marks_inside_words_alone) {
  EXPECT_THAT(split_clauses("At 12:30 Mr. Smith paid 1,000.50 at e.g. a.b.c/d?e=f."),
              ElementsAre(Clause{"At 12:30 Mr. Smith paid 1,000.50 at e.g. a.b.c/d?e=f", '.'}));
}

TEST(Clauses, count_a_run_of_marks_as_its_weightiest) {
  EXPECT_THAT(split_clauses("What?! Well... yes!!!"),
              ElementsAre(Clause{"What", '?'}, Clause{"Well", ','}, Clause{"yes", '!'}));
}

TEST(Clauses, look_through_closing_quotes_and_brackets) {
  EXPECT_THAT(split_clauses("\"Go,\" he said (quietly), \"go.\""),
              ElementsAre(Clause{"\"Go", ','}, Clause{"he said (quietly)", ','}, Clause{"\"go", '.'}));
}

TEST(Clauses, know_the_marks_of_other_scripts) {
  EXPECT_THAT(split_clauses("你好，世界。"), ElementsAre(Clause{"你好", ','}, Clause{"世界", '.'}));
  EXPECT_THAT(split_clauses("هل أنت هنا؟"), ElementsAre(Clause{"هل أنت هنا", '?'}));
  EXPECT_THAT(split_clauses("क्या। हाँ।"), ElementsAre(Clause{"क्या", '.'}, Clause{"हाँ", '.'}));
}

TEST(Clauses, end_a_sentence_that_has_no_mark) {
  EXPECT_THAT(split_clauses("Chapter one"), ElementsAre(Clause{"Chapter one", '.'}));
}

TEST(Clauses, are_none_where_nothing_can_be_said) {
  for (const char* text : {"", "...", "?! , .", "\"\"", "—"}) EXPECT_TRUE(split_clauses(text).empty()) << text;
}

TEST(Clauses, stay_within_what_espeak_takes_at_once) {
  for (const auto& text : {repeat("word ", 400), repeat("7", 2'000), repeat("x", 2'000), repeat("a\u0301", 2'000)})
    for (const auto& clause : split_clauses(text)) {
      EXPECT_LE(clause.text.size(), 800u);
      EXPECT_LE(cost_of(clause.text), 2 * max_clause_cost);
    }
}

TEST(Clauses, break_words_that_espeak_would_cut_short) {
  EXPECT_EQ(split_clauses(std::string(50, 'a'))[0].text, std::string(40, 'a') + " " + std::string(10, 'a'));
  EXPECT_EQ(split_clauses(std::string(20, 'w'))[0].text, std::string(16, 'w') + " " + std::string(4, 'w'));
  EXPECT_EQ(split_clauses("Donaudampfschiff")[0].text, "Donaudampfschiff");
}

TEST(Clauses, give_each_emoji_its_name) {
  EXPECT_EQ(split_clauses("😀😀")[0].text, "😀 😀");
  EXPECT_EQ(split_clauses("👍🏽👍🏽")[0].text, "👍🏽 👍🏽");
  EXPECT_EQ(split_clauses("👩‍🔬")[0].text, "👩‍🔬");
}

TEST(CutToCost, prefers_a_mark_to_a_space_and_a_space_to_the_middle_of_a_word) {
  const auto cut = [](std::string_view text) { return cut_to_cost(text, {0, text.size()}, 20).front().end; };
  EXPECT_EQ(cut("one two three, four five six"), 15u);
  EXPECT_EQ(cut("one two three four five six"), 19u);
  EXPECT_EQ(cut("onetwothreefourfivesixseven"), 20u);
}

TEST(CutToCost, covers_the_text_without_gaps_and_cuts_no_character) {
  for (const auto& text : {repeat("é—ß ", 300), repeat("😀", 300), repeat("👍🏽", 200), repeat("0123456789", 100)}) {
    std::size_t at = 0;
    for (const auto& piece : cut_to_cost(text, {0, text.size()}, 100)) {
      EXPECT_EQ(piece.begin, at);
      EXPECT_FALSE(find_invalid_utf8(std::string_view(text).substr(piece.begin, piece.end - piece.begin)));
      at = piece.end;
    }
    EXPECT_EQ(at, text.size());
  }
}

TEST(CutToCost, keeps_combining_marks_with_their_letter) {
  const std::string text = repeat("e\u0301", 50);
  for (const auto& piece : cut_to_cost(text, {0, text.size()}, 7)) EXPECT_EQ(text[piece.begin], 'e');
}

}  // namespace
}  // namespace soundbite
