#include "media/operation/trim.h"

#include <gmock/gmock.h>

#include "media/processor_test.h"

namespace soundbite::media {
namespace {

TEST(Trim, keeps_exactly_the_samples_between_its_ends) {
  const Planar input = {ramp(10'000), ramp(10'000)};
  for (const auto& [first, last] : {std::pair{0UL, 10'000UL}, {0UL, 1UL}, {9'999UL, 10'000UL}, {996UL, 998UL}}) {
    Trim trim({48'000, 2}, first, last);
    EXPECT_EQ(run(trim, input), (Planar{part(input[0], first, last), part(input[1], first, last)}));
  }
}

TEST(Trim, leaves_nothing_behind_the_end) {
  Trim trim({48'000, 1}, 5'000, UINT64_MAX);
  EXPECT_TRUE(run(trim, {ramp(4'999)})[0].empty());
}

}  // namespace
}  // namespace soundbite::media
