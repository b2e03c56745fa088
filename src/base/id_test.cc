#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <unordered_set>

namespace soundbite {
namespace {

const Time moment{Milliseconds(1'767'323'045'678)};

TEST(Uuid, prints_and_reads_back) {
  const auto bytes = parse_uuid("01b2c3d4-e5f6-7890-ABCD-ef0123456789");
  ASSERT_TRUE(bytes);
  EXPECT_EQ(format_uuid(*bytes), "01b2c3d4-e5f6-7890-abcd-ef0123456789");
}

TEST(Uuid, refuses_every_other_spelling) {
  for (const char* text : {"", "01b2c3d4e5f67890abcdef0123456789", "01b2c3d4-e5f6-7890-abcd-ef012345678",
                           "01b2c3d4-e5f6-7890-abcd-ef01234567890", "{01b2c3d4-e5f6-7890-abcd-ef01234567}",
                           "01b2c3d4-e5f6-7890-abcd-ef012345678g", "01b2c3d4_e5f6_7890_abcd_ef0123456789",
                           "01b2c3d-4e5f6-7890-abcd-ef0123456789", "../../../../../../../../../etc/passwd"}) {
    EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
  }
}

TEST(Uuid, of_version_7_holds_the_time_the_version_and_the_variant) {
  const auto random = make_seeded_random(1);
  const std::string text = format_uuid(make_uuid_v7(moment, *random));
  EXPECT_EQ(text.substr(0, 13), "019b7ca9-8f2e") << text;
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
}

TEST(JobId, sorts_by_the_time_it_was_made) {
  const auto random = make_seeded_random(2);
  std::vector<JobId> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(JobId::make(moment + Milliseconds(i), *random));
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_TRUE(std::ranges::is_sorted(ids, {}, &JobId::text));
}

TEST(JobId, differs_within_one_millisecond) {
  const auto random = make_system_random();
  std::unordered_set<JobId> ids;
  for (int i = 0; i < 1'000; ++i) ids.insert(JobId::make(moment, *random));
  EXPECT_EQ(ids.size(), 1'000U);
}

TEST(JobId, reads_back_what_it_prints) {
  const auto random = make_seeded_random(3);
  const JobId id = JobId::make(moment, *random);
  EXPECT_EQ(JobId::parse(id.text()), id);
  EXPECT_EQ(JobId::parse("no"), std::nullopt);
}

}  // namespace
}  // namespace soundbite
