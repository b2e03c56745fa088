#include "base/digest.h"

#include <gtest/gtest.h>

namespace soundbite {
namespace {

std::string hex_of(DigestAlgorithm algorithm, std::string_view text) {
  Digest digest(algorithm);
  for (const char c : text) digest.add(std::as_bytes(std::span(&c, 1)));
  return to_hex(digest.finish());
}

// The vectors of RFC 1321, RFC 3174 and FIPS 180-4.
TEST(Digest, gives_the_published_values_of_abc) {
  EXPECT_EQ(hex_of(DigestAlgorithm::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex_of(DigestAlgorithm::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_of(DigestAlgorithm::sha256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      hex_of(DigestAlgorithm::sha512, "abc"),
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce8"
      "0e2a9ac94fa54ca49f");
}

TEST(Digest, tells_how_many_bytes_it_has) {
  for (const auto algorithm :
       {DigestAlgorithm::md5, DigestAlgorithm::sha1, DigestAlgorithm::sha256, DigestAlgorithm::sha512}) {
    EXPECT_EQ(Digest(algorithm).finish().size(), size_of(algorithm)) << name_of(algorithm);
  }
}

}  // namespace
}  // namespace soundbite
