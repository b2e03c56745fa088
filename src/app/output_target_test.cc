#include "app/output_target.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace soundbite {
namespace {

namespace fs = std::filesystem;

class OutputTargetTest : public testing::Test {
 protected:
  OutputTargetTest() {
    std::string name = testing::TempDir() + "soundbite_output_XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~OutputTargetTest() override { fs::remove_all(folder_); }

  static void write(const OutputTarget& target, std::string_view text) {
    ASSERT_TRUE(target.file().write_all(std::as_bytes(std::span(text))));
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(OutputTargetTest, a_file_appears_only_when_committed) {
  auto target = OutputTarget::open(folder_ / "a.wav");
  ASSERT_TRUE(target) << target.error().message;
  write(*target, "sound");
  EXPECT_FALSE(fs::exists(folder_ / "a.wav"));
  EXPECT_EQ(target->bytes(), 5U);
  ASSERT_TRUE(target->commit());
  EXPECT_EQ(read(folder_ / "a.wav"), "sound");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(OutputTargetTest, nothing_stays_when_it_is_discarded_or_dropped) {
  {
    auto target = OutputTarget::open(folder_ / "a.wav");
    write(*target, "half");
    target->discard();
    EXPECT_EQ(entries(), 0U);
    auto dropped = OutputTarget::open(folder_ / "b.wav");
    write(*dropped, "half");
  }
  EXPECT_EQ(entries(), 0U);
}

TEST_F(OutputTargetTest, the_old_file_stays_until_the_new_one_is_whole) {
  std::ofstream(folder_ / "a.wav") << "old";
  auto target = OutputTarget::open(folder_ / "a.wav");
  write(*target, "new");
  EXPECT_EQ(read(folder_ / "a.wav"), "old");
  ASSERT_TRUE(target->commit());
  EXPECT_EQ(read(folder_ / "a.wav"), "new");
}

TEST_F(OutputTargetTest, a_link_keeps_its_place_and_the_file_its_rights) {
  fs::create_directory(folder_ / "real");
  std::ofstream(folder_ / "real" / "a.wav") << "old";
  ::chmod((folder_ / "real" / "a.wav").c_str(), 0640);
  fs::create_symlink(folder_ / "real" / "a.wav", folder_ / "a.wav");
  auto target = OutputTarget::open(folder_ / "a.wav");
  write(*target, "new");
  ASSERT_TRUE(target->commit());
  EXPECT_TRUE(fs::is_symlink(folder_ / "a.wav"));
  EXPECT_EQ(read(folder_ / "real" / "a.wav"), "new");
  EXPECT_EQ(fs::status(folder_ / "real" / "a.wav").permissions(), static_cast<fs::perms>(0640));
}

TEST_F(OutputTargetTest, a_device_is_written_directly) {
  auto target = OutputTarget::open("/dev/null");
  ASSERT_TRUE(target) << target.error().message;
  write(*target, "sound");
  EXPECT_EQ(target->bytes(), std::nullopt);
  EXPECT_TRUE(target->commit());
}

TEST_F(OutputTargetTest, a_folder_and_a_missing_folder_are_refused) {
  EXPECT_EQ(OutputTarget::open(folder_).error().code, ErrorCode::invalid);
  EXPECT_EQ(OutputTarget::open(folder_ / "none" / "a.wav").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace soundbite
