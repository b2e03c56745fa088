// What upload headers say.
#include <gtest/gtest.h>

#include "http/wire/digest_fields.h"
#include "http/wire/tus_fields.h"

namespace soundbite {
namespace {

TEST(ContentDigest, takes_what_is_known_and_leaves_the_rest) {
  const auto digests = parse_content_digest("sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:, crc32c=:AAAA:");
  ASSERT_TRUE(digests);
  ASSERT_EQ(digests->size(), 1U);
  EXPECT_EQ(to_hex(digests->front().bytes), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ContentDigest, counts_the_last_of_what_is_told_twice) {
  const std::string first(43, 'A');
  const std::string last = "B" + first.substr(1);
  const auto digests = parse_content_digest("sha-256=:" + first + "=:, sha-256=:" + last + "=:");
  ASSERT_TRUE(digests);
  ASSERT_EQ(digests->size(), 1U);
  EXPECT_EQ(digests->at(0).bytes[0], '\x04');
}

TEST(ContentDigest, is_refused_when_it_is_not_well_formed) {
  for (const auto* wrong :
       {"", "sha-256", "sha-256=abc", "sha-256=::", "sha-256=:AAAA:", "sha-256=:AAAA", ",", "=:AAAA:"}) {
    EXPECT_FALSE(parse_content_digest(wrong)) << wrong;
  }
}

TEST(ContentMd5, is_the_base64_of_sixteen_bytes) {
  EXPECT_EQ(to_hex(parse_content_md5("kAFQmDzST7DWlj99KOF/cg==")->bytes), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_FALSE(parse_content_md5("900150983cd24fb0d6963f7d28e17f72"));
  EXPECT_FALSE(parse_content_md5("AAAA"));
}

TEST(UploadChecksum, names_an_algorithm_that_is_known) {
  const auto sha1 = parse_upload_checksum("sha1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  ASSERT_TRUE(sha1);
  EXPECT_EQ(sha1->algorithm, DigestAlgorithm::sha1);
  EXPECT_EQ(to_hex(sha1->bytes), "a9993e364706816aba3e25717850c26c9cd0d89d");
  for (const auto* wrong : {"", "sha1", "sha1 ", "sha1 AAAA", "crc32 AAAA",
                            "SHA1 qZk+NkcGgWq6PiVxeFDCbJzQ2J0=", "sha1  qZk+NkcGgWq6PiVxeFDCbJzQ2J0="}) {
    EXPECT_FALSE(parse_upload_checksum(wrong)) << wrong;
  }
}

TEST(UploadMetadata, has_keys_with_and_without_values) {
  const auto metadata = parse_upload_metadata("filename YS5tcDM=,is_private,empty ");
  ASSERT_TRUE(metadata);
  EXPECT_EQ(metadata->find("filename"), "a.mp3");
  EXPECT_EQ(metadata->entries.size(), 3U);
  EXPECT_EQ(metadata->find("nothing"), "");
  EXPECT_TRUE(parse_upload_metadata(""));
}

TEST(UploadMetadata, is_refused_when_it_is_not_well_formed) {
  for (const auto* wrong : {",", "a,", "a YQ", "a YQ==,a YQ==", "a YQ== b", "\xc3\xa9 YQ==", "a Y=Q="}) {
    EXPECT_FALSE(parse_upload_metadata(wrong)) << wrong;
  }
}

TEST(ByteCount, is_decimal_digits_alone) {
  EXPECT_EQ(parse_byte_count("0"), 0U);
  EXPECT_EQ(parse_byte_count("18446744073709551615"), 18446744073709551615U);
  for (const auto* wrong : {"", "-1", "+1", "1.0", "0x10", " 1", "1 ", "18446744073709551616"}) {
    EXPECT_FALSE(parse_byte_count(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace soundbite
