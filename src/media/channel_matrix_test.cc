#include "media/channel_matrix.h"

#include <gmock/gmock.h>

namespace soundbite::media {
namespace {

TEST(ChannelMatrix, doubles_one_channel_at_its_full_level) {
  const ChannelMatrix matrix = channel_matrix(1, 2);
  EXPECT_EQ(matrix[0][0], 1);
  EXPECT_EQ(matrix[1][0], 1);
}

TEST(ChannelMatrix, folds_every_number_of_channels_without_passing_full_scale) {
  for (int from = 2; from <= max_planes; ++from) {
    for (const int to : {1, 2}) {
      const ChannelMatrix matrix = channel_matrix(from, to);
      for (std::size_t out = 0; out < static_cast<std::size_t>(to); ++out) {
        double sum = 0;
        for (const double weight : matrix[out]) sum += weight;
        EXPECT_NEAR(sum, 1, 1e-9) << from << " to " << to;
      }
    }
  }
}

TEST(ChannelMatrix, leaves_the_low_effects_of_surround_out) {
  EXPECT_EQ(channel_matrix(6, 2)[0][3], 0);
  EXPECT_NEAR(channel_matrix(6, 2)[0][2] / channel_matrix(6, 2)[0][0], 0.7071, 1e-4);
}

}  // namespace
}  // namespace soundbite::media
