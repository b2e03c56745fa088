#include "adapter/embedded/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "adapter/embedded/test_folder.h"

namespace soundbite::embedded {
namespace {

using testing::HasSubstr;

class Schema : public testing::Test {
 protected:
  void expect_refused(const std::string& why) {
    const auto opened = open_for_writing(path_);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
    EXPECT_THAT(opened.error().message, HasSubstr(path_));
    EXPECT_THAT(opened.error().message, HasSubstr(why));
    EXPECT_THAT(opened.error().message, HasSubstr("--data-dir"));
    EXPECT_THAT(opened.error().message, testing::Not(HasSubstr("\n")));
  }
  void run(const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }

  TestFolder folder_;
  const std::string path_ = folder_.path("soundbite.db");
};

TEST_F(Schema, is_made_in_a_new_file_for_this_user_alone) {
  const auto opened = open_for_writing(path_);
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ((*opened)->integer_of("PRAGMA user_version"), std::int64_t(migrations().size()));
  EXPECT_EQ((*opened)->text_of_first("PRAGMA journal_mode"), "wal");
  EXPECT_EQ((*opened)->integer_of("PRAGMA synchronous"), 2);
  EXPECT_EQ((*opened)->integer_of("PRAGMA wal_autocheckpoint"), 0);
  EXPECT_EQ((*opened)->integer_of("PRAGMA mmap_size"), 0);
  (*opened)->execute("UPDATE counts SET ready = 1").value();
  for (const auto* file : {"", "-wal", "-shm"}) {
    EXPECT_EQ(rights_of(path_ + file), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << file;
  }
}

TEST_F(Schema, is_left_alone_in_a_file_of_ours) {
  open_for_writing(path_).value()->execute("UPDATE counts SET ready = 7").value();
  EXPECT_EQ(open_for_writing(path_).value()->integer_of("SELECT ready FROM counts"), 7);
}

TEST_F(Schema, is_made_where_a_crash_left_an_empty_file) {
  const std::ofstream empty(path_);
  EXPECT_TRUE(open_for_writing(path_).has_value());
}

TEST_F(Schema, refuses_a_newer_version) {
  open_for_writing(path_).value();
  run("PRAGMA user_version = 99");
  expect_refused("version 99");
}

TEST_F(Schema, refuses_the_database_of_another_program) {
  run("CREATE TABLE theirs (x); PRAGMA user_version = 1");
  expect_refused("not a SoundBite database");
}

TEST_F(Schema, refuses_a_file_that_is_no_database) {
  std::ofstream(path_) << std::string(8'192, 'x');
  expect_refused("not a SoundBite database");
}

}  // namespace
}  // namespace soundbite::embedded
