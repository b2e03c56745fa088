#include "adapter/embedded/disk_space.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapter/embedded/test_folder.h"
#include "base/file.h"

namespace soundbite::embedded {
namespace {

class DiskSpaceTest : public testing::Test {
 protected:
  static constexpr std::uint64_t more_than_any_disk = std::uint64_t(1) << 60;

  TestFolder test_;
  File folder_{::open(test_.path().c_str(), O_RDONLY | O_DIRECTORY)};
  Log log_{LogFormat::text, LogLevel::off};
  prometheus::Gauge free_;
};

TEST_F(DiskSpaceTest, has_room_above_the_reserve) {
  EXPECT_TRUE(DiskSpace(folder_.fd(), 1, log_, free_).has_room());
  EXPECT_GT(free_.Value(), 0);
  EXPECT_FALSE(DiskSpace(folder_.fd(), more_than_any_disk, log_, free_).has_room());
}

TEST_F(DiskSpaceTest, has_room_for_what_leaves_the_reserve_alone) {
  const DiskSpace disk(folder_.fd(), 1, log_, free_);
  EXPECT_TRUE(disk.has_room_for(1 << 20));
  EXPECT_FALSE(disk.has_room_for(more_than_any_disk));
}

TEST_F(DiskSpaceTest, has_none_once_a_write_found_none) {
  DiskSpace disk(folder_.fd(), 1, log_, free_);
  disk.note_full();
  EXPECT_FALSE(disk.has_room());
}

TEST_F(DiskSpaceTest, holds_a_ballast_that_can_be_let_go_once) {
  DiskSpace disk(folder_.fd(), 1 << 20, log_, free_);
  EXPECT_TRUE(disk.wants_ballast());
  disk.keep_ballast();
  EXPECT_EQ(std::filesystem::file_size(test_.path("ballast")), 1U << 20);
  EXPECT_FALSE(disk.wants_ballast());
  EXPECT_TRUE(disk.release_ballast());
  EXPECT_FALSE(std::filesystem::exists(test_.path("ballast")));
  EXPECT_FALSE(disk.release_ballast());
}

TEST_F(DiskSpaceTest, finds_the_ballast_of_the_run_before) {
  DiskSpace(folder_.fd(), 1 << 20, log_, free_).keep_ballast();
  EXPECT_TRUE(DiskSpace(folder_.fd(), 1 << 20, log_, free_).release_ballast());
}

TEST_F(DiskSpaceTest, makes_no_ballast_without_room_for_it) {
  DiskSpace disk(folder_.fd(), more_than_any_disk, log_, free_);
  disk.keep_ballast();
  EXPECT_FALSE(std::filesystem::exists(test_.path("ballast")));
}

}  // namespace
}  // namespace soundbite::embedded
