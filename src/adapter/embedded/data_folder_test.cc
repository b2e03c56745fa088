#include "adapter/embedded/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapter/embedded/test_folder.h"

namespace soundbite::embedded {
namespace {

using testing::HasSubstr;

std::string one_line(const Error& error) {
  EXPECT_THAT(error.message, testing::Not(HasSubstr("\n")));
  return error.message;
}

TEST(DataFolder, is_made_for_this_user_alone) {
  const TestFolder test;
  const auto folder = DataFolder::open(test.path("a/b"));
  ASSERT_TRUE(folder.has_value());
  EXPECT_EQ(rights_of(test.path("a")), std::filesystem::perms::owner_all);
  EXPECT_EQ(rights_of(test.path("a/b")), std::filesystem::perms::owner_all);
  EXPECT_EQ(rights_of(test.path("a/b/lock")), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(DataFolder, refuses_a_second_owner_and_names_the_first) {
  const TestFolder test;
  const auto first = DataFolder::open(test.path());
  const auto second = DataFolder::open(test.path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(one_line(second.error()), HasSubstr(test.path()));
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
  EXPECT_THAT(second.error().message, HasSubstr("--data-dir"));
}

TEST(DataFolder, tells_how_the_last_owner_stopped) {
  const TestFolder test;
  {
    const auto first = DataFolder::open(test.path()).value();
    EXPECT_FALSE(first->stopped_uncleanly());
  }
  {
    const auto after_crash = DataFolder::open(test.path()).value();
    EXPECT_TRUE(after_crash->stopped_uncleanly());
    after_crash->release(DataFolder::Stop::clean);
  }
  EXPECT_FALSE(DataFolder::open(test.path()).value()->stopped_uncleanly());
}

TEST(DataFolder, lets_the_next_owner_in_when_released) {
  const TestFolder test;
  const auto first = DataFolder::open(test.path()).value();
  first->release(DataFolder::Stop::clean);
  EXPECT_TRUE(DataFolder::open(test.path()).has_value());
}

TEST(DataFolder, says_in_one_line_that_it_cannot_be_written) {
  const TestFolder test;
  std::ofstream(test.path("file")) << "not a folder";
  const auto folder = DataFolder::open(test.path("file/data"));
  ASSERT_FALSE(folder.has_value());
  EXPECT_EQ(folder.error().code, ErrorCode::unavailable);
  EXPECT_THAT(one_line(folder.error()), HasSubstr(test.path("file/data")));
  EXPECT_THAT(folder.error().message, HasSubstr("--data-dir"));
}

TEST(DataFolder, does_not_follow_a_lock_that_is_a_link) {
  const TestFolder test;
  std::filesystem::create_symlink("/etc/hostname", test.path("lock"));
  EXPECT_FALSE(DataFolder::open(test.path()).has_value());
}

}  // namespace
}  // namespace soundbite::embedded
