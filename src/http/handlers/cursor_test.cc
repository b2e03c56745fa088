#include "http/handlers/cursor.h"

#include <gtest/gtest.h>

namespace soundbite::handlers {
namespace {

TEST(Cursor, comes_back_as_the_id_it_was_made_of) {
  const auto random = make_seeded_random(1);
  for (int i = 0; i < 100; ++i) {
    UuidBytes id{};
    random->fill(id);
    const std::string cursor = format_cursor(id);
    EXPECT_EQ(cursor.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(parse_cursor(cursor), id);
  }
}

TEST(Cursor, of_any_other_form_is_refused) {
  const std::string good = format_cursor(UuidBytes{});
  ASSERT_TRUE(parse_cursor(good));
  EXPECT_FALSE(parse_cursor(""));
  EXPECT_FALSE(parse_cursor(good + "A"));
  EXPECT_FALSE(parse_cursor(good.substr(1)));
  EXPECT_FALSE(parse_cursor("B" + good.substr(1)));      // another form number
  EXPECT_FALSE(parse_cursor(good.substr(0, 22) + "B"));  // a bit behind the last byte
  EXPECT_FALSE(parse_cursor(good.substr(0, 22) + "+"));
}

}  // namespace
}  // namespace soundbite::handlers
