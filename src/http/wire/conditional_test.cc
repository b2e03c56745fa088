#include "http/wire/conditional.h"

#include <gtest/gtest.h>

namespace soundbite {
namespace {

using Kind = RangeAnswer::Kind;

struct Case {
  const char* range;
  Kind kind;
  std::uint64_t offset;
  std::uint64_t length;
};

TEST(Range, reads_one_range_of_a_hundred_bytes) {
  constexpr Case cases[] = {
      {"bytes=0-9", Kind::part, 0, 10},
      {"bytes=0-0", Kind::part, 0, 1},
      {"bytes=90-", Kind::part, 90, 10},
      {"bytes=90-1000", Kind::part, 90, 10},
      {"bytes=0-18446744073709551615", Kind::part, 0, 100},
      {"bytes=0-99999999999999999999999", Kind::part, 0, 100},
      {"bytes=-10", Kind::part, 90, 10},
      {"bytes=-1000", Kind::part, 0, 100},
      {"Bytes= 5-6 ", Kind::part, 5, 2},
      {"bytes=99-99", Kind::part, 99, 1},
      {"bytes=100-", Kind::unsatisfiable, 0, 0},
      {"bytes=100-200", Kind::unsatisfiable, 0, 0},
      {"bytes=99999999999999999999999-", Kind::unsatisfiable, 0, 0},
      {"bytes=-0", Kind::unsatisfiable, 0, 0},
      {"", Kind::whole, 0, 0},
      {"bytes", Kind::whole, 0, 0},
      {"bytes=", Kind::whole, 0, 0},
      {"bytes=-", Kind::whole, 0, 0},
      {"bytes=5", Kind::whole, 0, 0},
      {"bytes=9-5", Kind::whole, 0, 0},
      {"bytes=a-b", Kind::whole, 0, 0},
      {"bytes=1-b", Kind::whole, 0, 0},
      {"bytes=+1-5", Kind::whole, 0, 0},
      {"bytes=1-2-3", Kind::whole, 0, 0},
      {"items=0-5", Kind::whole, 0, 0},
      {"bytes=0-1,5-6", Kind::whole, 0, 0},
      {"bytes=0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-", Kind::whole, 0, 0},
  };
  for (const Case& c : cases) {
    const RangeAnswer answer = read_range(c.range, 100);
    EXPECT_EQ(answer.kind, c.kind) << c.range;
    EXPECT_EQ(answer.offset, c.offset) << c.range;
    EXPECT_EQ(answer.length, c.length) << c.range;
  }
}

TEST(Range, is_never_satisfiable_when_there_are_no_bytes) {
  EXPECT_EQ(read_range("bytes=0-", 0).kind, Kind::unsatisfiable);
  EXPECT_EQ(read_range("bytes=-5", 0).kind, Kind::unsatisfiable);
}

TEST(IfNoneMatch, compares_weakly_through_the_whole_list) {
  EXPECT_TRUE(names_etag("*", "\"a\""));
  EXPECT_TRUE(names_etag("\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("W/\"a\"", "\"a\""));
  EXPECT_TRUE(names_etag("\"a\"", "W/\"a\""));
  EXPECT_TRUE(names_etag("\"x\", W/\"b,c\" ,\"a\"", "\"a\""));
  EXPECT_FALSE(names_etag("", "\"a\""));
  EXPECT_FALSE(names_etag("a", "\"a\""));
  EXPECT_FALSE(names_etag("\"aa\"", "\"a\""));
  EXPECT_FALSE(names_etag("\"a", "\"a\""));
  EXPECT_FALSE(names_etag("\"x\", \"y\"", "\", \""));
}

}  // namespace
}  // namespace soundbite
