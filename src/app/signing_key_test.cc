#include "app/signing_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace soundbite {
namespace {

class SigningKeyTest : public testing::Test {
 protected:
  SigningKeyTest() { std::filesystem::create_directories(folder); }
  ~SigningKeyTest() override { std::filesystem::remove_all(folder); }

  // Of this test alone: others run at the same time.
  std::string folder = testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string path = folder + "/signing.key";
  std::unique_ptr<Random> random = make_seeded_random(3);
};

TEST_F(SigningKeyTest, is_made_once_and_read_from_then_on) {
  const auto made = load_signing_key(folder, *random);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(load_signing_key(folder, *random), made);
}

TEST_F(SigningKeyTest, is_for_its_owner_alone) {
  ASSERT_TRUE(load_signing_key(folder, *random));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(SigningKeyTest, of_another_length_is_refused_with_the_fix) {
  std::ofstream(path) << "short";
  EXPECT_EQ(load_signing_key(folder, *random).error().code, ErrorCode::corrupt);
  std::ofstream(path) << std::string(33, 'x');
  EXPECT_NE(load_signing_key(folder, *random).error().message.find("remove it"), std::string::npos);
}

}  // namespace
}  // namespace soundbite
