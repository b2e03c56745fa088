#include "base/text.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace soundbite {
namespace {

using Names = std::vector<std::string>;

TEST(Utf8, accepts_every_length_up_to_the_last_code_point) {
  for (const char* text : {"", "plain", "\u00e9", "\u20ac", "\U0001f600", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(find_invalid_utf8(text), std::nullopt) << text;
  }
}

TEST(Utf8, names_the_byte_where_it_stops_being_well_formed) {
  const struct {
    std::string_view text;
    std::size_t at;
  } cases[] = {
      {"ab\x80", 2},              // a continuation byte alone
      {"\xc0\x80", 0},            // overlong NUL
      {"\xc1\xbf", 0},            // overlong
      {"\xe0\x9f\xbf", 0},        // overlong
      {"\xf0\x8f\xbf\xbf", 0},    // overlong
      {"a\xed\xa0\x80", 1},       // a surrogate
      {"\xf4\x90\x80\x80", 0},    // past U+10FFFF
      {"\xf5\x80\x80\x80", 0},    // no such lead byte
      {"caf\xc3", 3},             // cut short
      {"\xe2\x82", 0},            // cut short
      {"ok\xf0\x9f\x98", 2},      // cut short
      {"\xc3\xa9\xc3\x28ok", 2},  // a lead byte without its tail
  };
  for (const auto& [text, at] : cases) EXPECT_EQ(find_invalid_utf8(text), at) << testing::PrintToString(text);
}

TEST(Utf8, counts_code_points_not_bytes) {
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("a\u00e9\u20ac\U0001f600"), 4U);
  EXPECT_EQ(count_code_points(std::string_view("\0x", 2)), 2U);
}

TEST(QuoteJson, is_read_back_unchanged_by_a_json_parser) {
  std::string all;
  for (char c = 0; c < 0x7f; ++c) all += c;
  all += "\x7f\u00e9\u2028\U0001f600";
  EXPECT_EQ(boost::json::parse(quote_json(all)).as_string(), all);
}

TEST(QuoteJson, lets_no_control_character_through) {
  EXPECT_EQ(quote_json("a\nb\x1b[31m\x7f"), R"("a\u000ab\u001b[31m\u007f")");
  EXPECT_EQ(quote_json(R"(say "hi" \ bye)"), R"("say \"hi\" \\ bye")");
}

TEST(QuoteJson, puts_a_replacement_character_for_each_wrong_byte) {
  EXPECT_EQ(quote_json("a\xff\xed\xa0\x80z"), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"");
}

TEST(NearestNames, takes_what_was_written_for_the_beginning_of_a_name) {
  EXPECT_EQ(nearest_names("espeak:fr", Names{"espeak:ar", "espeak:fr-be", "espeak:fr-fr"}),
            (Names{"espeak:fr-be", "espeak:fr-fr", "espeak:ar"}));
  EXPECT_EQ(nearest_names("EN", Names{"de_DE-thorsten", "en_US-joe-medium"}), Names{"en_US-joe-medium"});
}

TEST(NearestNames, puts_the_nearest_first) {
  const Names voices = {"en_US-amy-medium", "en_US-joe-medium", "en_US-joe-high", "espeak:de"};
  EXPECT_EQ(nearest_names("en_US-joe-medum", voices).front(), "en_US-joe-medium");
  EXPECT_EQ(nearest_names("EN_us-JOE-high", voices).front(), "en_US-joe-high");
}

TEST(NearestNames, keeps_the_order_given_among_equals_and_obeys_the_limit) {
  const Names names = {"abcd1", "abcd2", "abcd3", "abcd4"};
  EXPECT_EQ(nearest_names("abcd", names, 2), (Names{"abcd1", "abcd2"}));
}

TEST(NearestNames, suggests_nothing_when_nothing_is_near) {
  const Names names = {"mp3", "wav", "flac"};
  EXPECT_EQ(nearest_names("something else", names), Names{});
  EXPECT_EQ(nearest_names("xy", Names{"en", "de"}), Names{}) << "two letters of two are no slip";
  EXPECT_EQ(nearest_names("", names), Names{});
  EXPECT_EQ(nearest_names(std::string(5'000, 'a'), names), Names{});
}

}  // namespace
}  // namespace soundbite
