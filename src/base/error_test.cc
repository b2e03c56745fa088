#include "base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace soundbite {
namespace {

TEST(Error, says_by_its_code_whether_to_try_again) {
  const struct {
    ErrorCode code;
    std::string_view name;
    bool again;
  } cases[] = {
      {ErrorCode::invalid, "invalid", false},        {ErrorCode::not_found, "not_found", false},
      {ErrorCode::conflict, "conflict", false},      {ErrorCode::throttled, "throttled", true},
      {ErrorCode::unavailable, "unavailable", true}, {ErrorCode::timeout, "timeout", true},
      {ErrorCode::cancelled, "cancelled", false},    {ErrorCode::storage_full, "storage_full", true},
      {ErrorCode::corrupt, "corrupt", true},         {ErrorCode::internal, "internal", true},
  };
  for (const auto& [code, name, again] : cases) {
    EXPECT_EQ(name_of(code), name);
    EXPECT_EQ(retryable(code), again) << name;
  }
}

TEST(Error, from_errno_says_what_failed_and_why) {
  const Error error = error_from_errno(ENOENT, "voices/x.onnx");
  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_EQ(error.message, "voices/x.onnx: No such file or directory");
}

TEST(Error, from_errno_takes_a_full_disk_and_a_full_quota_for_the_same) {
  EXPECT_EQ(error_from_errno(ENOSPC, "write").code, ErrorCode::storage_full);
  EXPECT_EQ(error_from_errno(EDQUOT, "write").code, ErrorCode::storage_full);
  EXPECT_EQ(error_from_errno(EEXIST, "link").code, ErrorCode::conflict);
  EXPECT_EQ(error_from_errno(EIO, "fsync").code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace soundbite
