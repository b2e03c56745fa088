#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

namespace soundbite {
namespace {

std::string sum(std::initializer_list<std::string_view> pieces) {
  Sha256 hash;
  for (const auto piece : pieces) hash.add(std::as_bytes(std::span(piece)));
  return to_hex(hash.finish());
}

TEST(Sha256, gives_the_known_answers_of_fips_180) {
  EXPECT_EQ(sum({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sum({"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, does_not_depend_on_how_the_bytes_were_cut) { EXPECT_EQ(sum({"a", "", "bc"}), sum({"abc"})); }

}  // namespace
}  // namespace soundbite
