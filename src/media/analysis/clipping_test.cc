#include "media/analysis/clipping.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int rate = 8'000;

Clipping clipping_of(const std::vector<Samples>& channels, std::size_t block_frames = 1'024) {
  Clipping clipping({rate, static_cast<int>(channels.size())});
  push_all(clipping, channels, block_frames);
  clipping.finish();
  return clipping;
}

TEST(Clipping, begins_with_three_samples_at_full_scale) {
  EXPECT_EQ(clipping_of({{0, 1, 1, 0}}).samples(), 0U);
  EXPECT_EQ(clipping_of({{0, 1, -1, 1, -1, 0}}).samples(), 0U);  // a tone, not a cut
  const Clipping clipping = clipping_of({{0, 1, 1, 1, 0.9F, -1, -1, -1.5F, -1}});
  EXPECT_EQ(clipping.samples(), 7U);
  EXPECT_EQ(clipping.runs(), 2U);
  EXPECT_THAT(clipping.listed(),
              ElementsAre(ClippedRun{1.0 / rate, 4.0 / rate, 0}, ClippedRun{5.0 / rate, 9.0 / rate, 0}));
}

TEST(Clipping, goes_on_over_the_ends_of_blocks) {
  Samples samples(100);
  std::fill(samples.begin() + 10, samples.begin() + 40, 1.0F);
  EXPECT_THAT(clipping_of({Samples(100), samples}, 7).listed(), ElementsAre(ClippedRun{10.0 / rate, 40.0 / rate, 1}));
}

TEST(Clipping, lists_a_thousand_runs_and_counts_all) {
  Samples samples;
  for (int i = 0; i < 1'500; ++i) samples.insert(samples.end(), {1, 1, 1, 0});
  const Clipping clipping = clipping_of({samples});
  EXPECT_EQ(clipping.listed().size(), 1'000U);
  EXPECT_EQ(clipping.runs(), 1'500U);
  EXPECT_EQ(clipping.samples(), 4'500U);
}

TEST(Clipping, is_not_seen_in_a_loud_sine) {
  Samples sine;
  append_sine(sine, rate, 440, 1, -0.1);
  EXPECT_THAT(clipping_of({sine}).listed(), IsEmpty());
}

}  // namespace
}  // namespace soundbite::media
