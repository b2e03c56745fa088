#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace soundbite {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes draw(Random& random, std::size_t n) {
  Bytes bytes(n);
  random.fill(bytes);
  return bytes;
}

TEST(SeededRandom, repeats_itself_for_the_same_seed_only) {
  EXPECT_EQ(draw(*make_seeded_random(7), 64), draw(*make_seeded_random(7), 64));
  EXPECT_NE(draw(*make_seeded_random(7), 64), draw(*make_seeded_random(8), 64));
}

TEST(SystemRandom, fills_more_than_one_block_and_never_repeats) {
  const auto random = make_system_random();
  std::set<Bytes> seen;
  for (int i = 0; i < 200; ++i) seen.insert(draw(*random, 16));  // several blocks
  EXPECT_EQ(seen.size(), 200U);
  const Bytes large = draw(*random, 5'000);
  EXPECT_EQ(std::set<std::uint8_t>(large.begin(), large.end()).size(), 256U) << "every byte value in 5,000";
}

TEST(Random, is_uniform_from_0_up_to_but_not_1) {
  const auto random = make_seeded_random(9);
  std::array<int, 10> tenths{};
  for (int i = 0; i < 10'000; ++i) {
    const double x = random->uniform();
    ASSERT_GE(x, 0.0);
    ASSERT_LT(x, 1.0);
    ++tenths.at(static_cast<std::size_t>(x * 10));
  }
  for (const int n : tenths) EXPECT_NEAR(n, 1'000, 150);
}

TEST(Random, is_below_1_when_every_bit_is_set) {
  struct AllOnes final : Random {
    void fill(std::span<std::uint8_t> bytes) override { std::ranges::fill(bytes, std::uint8_t{0xff}); }
  } ones;
  EXPECT_LT(ones.uniform(), 1.0);
}

}  // namespace
}  // namespace soundbite
