// A folder for one test, gone with it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace soundbite::embedded {

class TestFolder {
 public:
  TestFolder() {
    path_ = std::filesystem::temp_directory_path() / "soundbite_embedded_XXXXXX";
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::filesystem::perms rights_of(const std::string& path) {
  return std::filesystem::status(path).permissions() & std::filesystem::perms::all;
}

}  // namespace soundbite::embedded
