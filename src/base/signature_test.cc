#include "base/signature.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace soundbite {
namespace {

// RFC 4231, case 1; its key of 20 bytes is filled with zeros up to 32, as HMAC itself does.
TEST(Hmac, gives_the_published_code) {
  SigningKey key{};
  std::fill_n(key.begin(), 20, std::uint8_t{0x0b});
  EXPECT_EQ(to_hex(hmac_sha256(key, "Hi There")), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(Signature, is_the_same_only_byte_for_byte) {
  EXPECT_TRUE(same_in_constant_time("abc", "abc"));
  EXPECT_FALSE(same_in_constant_time("abc", "abd"));
  EXPECT_FALSE(same_in_constant_time("abc", "abcd"));
  EXPECT_TRUE(same_in_constant_time("", ""));
}

}  // namespace
}  // namespace soundbite
