#include "base/strict_json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

namespace soundbite {
namespace {

// The code of the one FieldError, or "" when `text` was accepted.
std::string refusal(std::string_view text) {
  const auto value = parse_strict_json(text);
  if (value) return "";
  EXPECT_EQ(value.error().code, ErrorCode::invalid);
  EXPECT_EQ(value.error().fields.size(), 1U);
  EXPECT_FALSE(value.error().fields.at(0).detail.empty());
  return value.error().fields.at(0).code;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(StrictJson, accepts_what_the_standard_does) {
  for (const std::string text : {R"({"a":[1,-2,3.5,1e3,true,false,null,"x"],"b":{"a":{}}})", " \r\n\t{ } ", "0", "\"\"",
                                 "[]", "-0.0", "18446744073709551615", R"("\u00e9\ud83d\ude00\n\/")", R"({"":1})"}) {
    const auto value = parse_strict_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(*value, boost::json::parse(text)) << text;
  }
}

TEST(StrictJson, refuses_what_is_not_one_json_value) {
  for (const std::string text :
       {"",    " ",      "{",        "[1,]",  "{\"a\":}", "{\"a\":1,}", "{'a':1}", "{a:1}",
        "nul", "NaN",    "Infinity", "01",    "+1",       "1.",         ".5",      "0x10",
        "\"a", "\"\n\"", "// c\n1",  "/**/1", "{} {}",    "1 2",        "[1] x",   "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(refusal(text), "bad_json") << text;
  }
}

TEST(StrictJson, refuses_bytes_that_are_not_utf8_and_lone_surrogates) {
  EXPECT_EQ(refusal("\"\xff\""), "bad_json");
  EXPECT_EQ(refusal("\"\xed\xa0\x80\""), "bad_json");
  EXPECT_EQ(refusal(R"("\ud800")"), "bad_json");
  EXPECT_EQ(refusal(R"("\udc00 x")"), "bad_json");
  EXPECT_EQ(refusal(std::string_view("{}\0", 3)), "bad_json");
}

TEST(StrictJson, keeps_an_escaped_nul_for_the_reader_to_judge) {
  EXPECT_EQ(parse_strict_json(R"("a\u0000b")")->as_string(), boost::json::string_view("a\0b", 3));
}

TEST(StrictJson, refuses_a_key_given_twice_and_names_it) {
  EXPECT_EQ(refusal(R"({"text":"a","text":"b"})"), "duplicate_key");
  EXPECT_EQ(refusal(R"({"a":{"b":1,"c":2,"b":3}})"), "duplicate_key");
  EXPECT_EQ(refusal(R"({"":1,"":2})"), "duplicate_key");
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":2})"), "duplicate_key") << "an escape hides nothing";
  const auto error = parse_strict_json(R"({"text":"a","text":"b"})").error();
  EXPECT_NE(error.fields.at(0).detail.find("\"text\""), std::string::npos);
}

TEST(StrictJson, allows_the_same_key_in_different_objects) {
  EXPECT_EQ(refusal(R"([{"a":1},{"a":2,"b":{"a":3}}])"), "");
}

TEST(StrictJson, bounds_depth) {
  EXPECT_EQ(refusal(nested(json_max_depth)), "");
  EXPECT_EQ(refusal(nested(json_max_depth + 1)), "bad_json");
  EXPECT_EQ(refusal(nested(100'000)), "bad_json");
  EXPECT_EQ(refusal(std::string(100'000, '[')), "bad_json");
}

TEST(StrictJson, refuses_a_number_no_double_holds) {
  EXPECT_EQ(refusal("1e308"), "");
  EXPECT_EQ(refusal("1e309"), "bad_json");
  EXPECT_EQ(refusal("-1e999999999999"), "bad_json");
  EXPECT_EQ(refusal(std::string(5'000, '9')), "bad_json");
  EXPECT_EQ(refusal("1e-400"), "");
}

TEST(StrictJson, reads_long_strings_and_keys_whole) {
  const std::string text(200'000, 'x');
  EXPECT_EQ(parse_strict_json('"' + text + '"')->as_string(), text);
  const std::string key = R"(a\n)" + std::string(3'000, 'k');
  EXPECT_EQ(refusal("{\"" + key + "\":1,\"" + key + "\":2}"), "duplicate_key");
  EXPECT_EQ(refusal("{\"" + std::string(5'000, 'k') + "\":1}"), "bad_json");
}

}  // namespace
}  // namespace soundbite
