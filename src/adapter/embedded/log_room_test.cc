#include "adapter/embedded/log_room.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "adapter/embedded/schema.h"
#include "adapter/embedded/test_folder.h"

namespace soundbite::embedded {
namespace {

class LogRoom : public testing::Test {
 protected:
  std::uintmax_t log_bytes() const { return std::filesystem::file_size(path_ + "-wal"); }
  // As a kill leaves them: nobody has closed the database.
  std::string copy_of_files() {
    const std::string copy = folder_.path("copy.db");
    for (const auto* file : {"", "-wal"}) std::filesystem::copy_file(path_ + file, copy + file);
    return copy;
  }

  TestFolder folder_;
  const std::string path_ = folder_.path("soundbite.db");
};

TEST_F(LogRoom, is_there_before_the_log_is_used) {
  make_room_for_log(path_);
  EXPECT_EQ(log_bytes(), log_room_bytes);
  EXPECT_EQ(rights_of(path_ + "-wal"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(LogRoom, is_used_by_the_log_and_outlives_its_checkpoints) {
  const auto database = open_for_writing(path_).value();
  make_room_for_log(path_);
  for (int i = 0; i < 3; ++i) {
    database->execute("UPDATE counts SET ready = " + std::to_string(i) + "; PRAGMA wal_checkpoint(RESTART)").value();
  }
  EXPECT_EQ(log_bytes(), log_room_bytes);
  EXPECT_EQ(database->integer_of("SELECT ready FROM counts"), 2);
}

TEST_F(LogRoom, behind_frames_and_under_them_loses_none_of_them_in_a_kill) {
  const auto database = open_for_writing(path_).value();
  database->execute("UPDATE counts SET ready = 7").value();
  make_room_for_log(path_);
  database->execute("UPDATE counts SET failed = 8").value();
  const std::string copy = copy_of_files();
  make_room_for_log(copy);
  const auto after = open_for_writing(copy).value();
  EXPECT_EQ(after->integer_of("SELECT ready FROM counts"), 7);
  EXPECT_EQ(after->integer_of("SELECT failed FROM counts"), 8);
}

TEST_F(LogRoom, is_left_out_whole_where_it_cannot_be_written) {
  const auto database = open_for_writing(path_).value();
  database->execute("UPDATE counts SET ready = 7").value();
  const auto before = log_bytes();
  rlimit own{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &own), 0);
  const rlimit little{1 << 20, own.rlim_max};
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &little), 0);
  make_room_for_log(path_);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &own), 0);
  std::signal(SIGXFSZ, ignored);
  EXPECT_EQ(log_bytes(), before);
}

}  // namespace
}  // namespace soundbite::embedded
