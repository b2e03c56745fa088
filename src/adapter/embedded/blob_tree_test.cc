#include "adapter/embedded/blob_tree.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/embedded/test_folder.h"

namespace soundbite::embedded {
namespace {

class BlobTreeTest : public testing::Test {
 protected:
  void link(const std::string& key) {
    const File file(::open(folder_.path().c_str(), O_TMPFILE | O_RDWR, 0600));
    ASSERT_TRUE(tree_.link(file.fd(), key).has_value());
  }
  std::size_t entries() const {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) ++n;
    return n;
  }

  TestFolder folder_;
  BlobTree tree_{File(::open(folder_.path().c_str(), O_RDONLY | O_DIRECTORY))};
};

TEST_F(BlobTreeTest, spreads_ids_over_folders_by_the_time_they_were_made) {
  link("jobs/0198c5b2-0000-7000-8000-000000000001/1/audio.mp3");
  EXPECT_TRUE(std::filesystem::exists(folder_.path("jobs/0198c5b/0198c5b2-0000-7000-8000-000000000001/1/audio.mp3")));
}

TEST_F(BlobTreeTest, keeps_folders_and_files_for_this_user_alone) {
  link("jobs/0198c5b2/1/audio.mp3");
  EXPECT_EQ(rights_of(folder_.path("jobs/0198c5b")), std::filesystem::perms::owner_all);
  EXPECT_EQ(rights_of(folder_.path("jobs/0198c5b/0198c5b2/1/audio.mp3")),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(BlobTreeTest, leaves_no_empty_folders_behind) {
  link("jobs/0198c5b2/1/a");
  link("jobs/0198c5b2/1/b");
  tree_.remove("jobs/0198c5b2/1/a").value();
  EXPECT_TRUE(tree_.open("jobs/0198c5b2/1/b").has_value());
  tree_.remove("jobs/0198c5b2/1/b").value();
  EXPECT_EQ(entries(), 1U) << "jobs/ itself stays";
}

TEST_F(BlobTreeTest, takes_a_file_for_done_that_has_the_name_already_and_no_other_file) {
  const File file(::open(folder_.path("first").c_str(), O_CREAT | O_RDWR, 0600));
  const File other(::open(folder_.path("other").c_str(), O_CREAT | O_RDWR, 0600));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(tree_.link(file.fd(), "files/0198c5b2/content").has_value());
  const auto refused = tree_.link(other.fd(), "files/0198c5b2/content");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
}

TEST_F(BlobTreeTest, follows_no_link_out_of_the_folder) {
  const TestFolder outside;
  std::filesystem::create_directories(outside.path("id12345/1"));
  std::filesystem::create_directory(folder_.path("jobs"));
  std::filesystem::create_directory_symlink(outside.path(), folder_.path("jobs/id12345"));
  std::filesystem::copy_file("/etc/hostname", outside.path("id12345/1/audio"));
  EXPECT_FALSE(tree_.open("jobs/id12345/1/audio").has_value());
  EXPECT_FALSE(tree_.remove("jobs/id12345/1/audio").has_value());
  const File file(::open(folder_.path().c_str(), O_TMPFILE | O_RDWR, 0600));
  EXPECT_FALSE(tree_.link(file.fd(), "jobs/id12345/1/other").has_value());
  EXPECT_TRUE(std::filesystem::exists(outside.path("id12345/1/audio")));
}

TEST_F(BlobTreeTest, follows_no_link_in_place_of_a_blob) {
  link("jobs/id12345/1/audio");
  std::filesystem::create_symlink("/etc/hostname", folder_.path("jobs/id12345/id12345/1/other"));
  EXPECT_FALSE(tree_.open("jobs/id12345/1/other").has_value());
}

}  // namespace
}  // namespace soundbite::embedded
