#include "speech/text/sentences.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace soundbite {
namespace {

using testing::ElementsAre;

std::vector<std::string> sentences(std::string_view text, std::string_view language = "en-US") {
  const std::string flat = flatten(text);
  std::vector<std::string> out;
  for (const auto& sentence : split_sentences(flat, language))
    out.push_back(flat.substr(sentence.range.begin, sentence.range.end - sentence.range.begin));
  return out;
}

struct Case {
  const char* language;
  const char* text;  // sentences divided by '|', which is not part of the text
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.language << ' ' << one.text; }

class SentenceTable : public testing::TestWithParam<Case> {};

TEST_P(SentenceTable, splits_where_a_reader_pauses) {
  std::vector<std::string> expected(1);
  std::string text;
  for (const char* c = GetParam().text; *c; ++c) {
    if (*c == '|') {
      expected.emplace_back();
      text += ' ';
    } else {
      expected.back() += *c;
      text += *c;
    }
  }
  EXPECT_EQ(sentences(text, GetParam().language), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Languages, SentenceTable,
    testing::Values(
        Case{"en-US", "Mr. Smith went."}, Case{"en-US", "Dr. Jones met Mrs. Hill.|They spoke."},
        Case{"en-US", "He lives in Washington, D.C. with a dog.|It barks."},
        Case{"en-US", "He came at 5 p.m.|He left at six."}, Case{"en-US", "In Jan. 1859 it snowed.|It melted."},
        Case{"en-US", "Fruit, e.g. Apples, keeps well.|Eat it."}, Case{"en-US", "We met J. R. R. Tolkien.|He smiled."},
        Case{"en-US", "So do I.|He agreed."}, Case{"en-US", "The U.S. Army came.|The end."},
        Case{"en-US", "Apples, pears, etc.|The list goes on."}, Case{"en-US", "\"Go!\" he said.|She went."},
        Case{"en-US", "\"Go!\"|She went."}, Case{"en-US", "Wait... what?|Yes!"},
        Case{"en-US", "Pi is 3.14 today.|Really?!|Yes."}, Case{"en-US", "1. Open the lid.|2. Close it."},
        Case{"en-US", "See Fig. 3 and No. 5 there.|Done."}, Case{"en-US", "Acme Inc. Announced it.|Then rest."},
        Case{"en-US", "(He left.)|She stayed."}, Case{"de-DE", "Das ist z.B. Herr Dr. Müller.|Er kommt."},
        Case{"de", "Am 3. Mai kam er.|Dann ging er."}, Case{"fr-FR", "M. Dupont est là.|Il rit."},
        Case{"es", "El Sr. López habla.|¿Quién?|¡Yo!"}, Case{"it", "Il Dott. Rossi parla.|Poi tace."},
        Case{"pt-BR", "O Sr. Silva fala.|Depois cala."}, Case{"nl", "De Dhr. Jansen komt.|Hij lacht."},
        Case{"ru", "Это т.е. Москва.|Да."}, Case{"", "One.|Two.|Three."},
        Case{"xx-YY", "Unknown tongue.|Still split."}));

TEST(Sentences, split_scripts_that_have_no_spaces) {
  EXPECT_THAT(sentences("你好。世界！再见？", "cmn"), ElementsAre("你好。", "世界！", "再见？"));
  EXPECT_THAT(sentences("こんにちは。元気ですか？", "ja"), ElementsAre("こんにちは。", "元気ですか？"));
}

TEST(Sentences, tell_where_they_stand_in_the_source_in_bytes) {
  const std::string flat = flatten("  Né à Paris.\t Où?  ");
  EXPECT_THAT(split_sentences(flat, "fr"), ElementsAre(Sentence{{2, 15}, true}, Sentence{{17, 21}, true}));
}

TEST(Sentences, end_at_headings_lists_and_blank_lines_but_not_at_wrapped_lines) {
  EXPECT_THAT(sentences("Chapter One\nIt was dark"), ElementsAre("Chapter One", "It was dark"));
  EXPECT_THAT(sentences("- milk\n- bread"), ElementsAre("- milk", "- bread"));
  EXPECT_THAT(sentences("A line that goes\non in the next"), ElementsAre("A line that goes on in the next"));
  EXPECT_THAT(sentences("This line is long enough that somebody's editor wrapped\nIt here"),
              ElementsAre("This line is long enough that somebody's editor wrapped It here"));
  EXPECT_THAT(sentences("No mark here\n\n and none there"), ElementsAre("No mark here", "and none there"));
  EXPECT_THAT(sentences("One.\r\nTwo.\r\n"), ElementsAre("One.", "Two."));
}

TEST(Sentences, flatten_to_the_same_bytes_without_control_characters) {
  const std::string text("a\0b\x01\x7f\tc\r\nd \xc3\xa9", 14);
  const std::string flat = flatten(text);
  EXPECT_EQ(flat.size(), text.size());
  for (const char c : flat) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Sentences, are_none_in_white_space) {
  for (const char* text : {"", "   ", "\n\n\t", "\u00a0\u2003"}) EXPECT_TRUE(sentences(text).empty());
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(Sentences, stay_bounded_and_whole_whatever_the_text) {
  const std::string texts[] = {repeat("word ", 20'000),         repeat("7", 50'000),        repeat("a", 100'000),
                               repeat("a\u0301", 50'000),       repeat("😀", 25'000),       repeat("مرحبا ", 16'000),
                               "e" + repeat("\u0301", 100'000), repeat(". ", 50'000),       repeat("A.", 50'000),
                               repeat("\u200d", 30'000),        repeat("\"Go!\" ", 16'000), repeat("Mr. ", 25'000),
                               repeat("\n", 100'000),           repeat("x\n", 50'000),      repeat(" ", 100'000)};
  for (const auto& text : texts) {
    const std::string flat = flatten(text);
    std::size_t at = 0;
    for (const auto& sentence : split_sentences(flat, "en")) {
      ASSERT_LE(at, sentence.range.begin);
      ASSERT_LT(sentence.range.begin, sentence.range.end);
      ASSERT_LE(sentence.range.end - sentence.range.begin, 4 * max_sentence_cost);
      const auto piece = std::string_view(flat).substr(sentence.range.begin, sentence.range.end - sentence.range.begin);
      ASSERT_FALSE(find_invalid_utf8(piece));
      at = sentence.range.end;
    }
    ASSERT_LE(at, flat.size());
  }
}

TEST(Sentences, number_ten_thousand_when_each_is_one_word) {
  EXPECT_EQ(sentences(repeat("Yes. ", 10'000)).size(), 10'000u);
}

TEST(Sentences, mark_the_pieces_of_a_cut_sentence_as_going_on) {
  const std::string flat = flatten(repeat("word ", 200) + "end. Next.");
  const auto all = split_sentences(flat, "en");
  ASSERT_GT(all.size(), 3u);
  for (std::size_t i = 0; i + 2 < all.size(); ++i) EXPECT_FALSE(all[i].complete);
  EXPECT_TRUE(all[all.size() - 2].complete);
  EXPECT_TRUE(all.back().complete);
}

}  // namespace
}  // namespace soundbite
