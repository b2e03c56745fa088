#include "media/analysis/waveform_builder.h"

#include <gmock/gmock.h>

#include "job/waveform.h"
#include "media/analysis/signal_test.h"
#include "media/decoded_test.h"

namespace soundbite::media {
namespace {

using testing::ElementsAre;

WaveformBuilder built(const std::vector<Samples>& channels, std::size_t block_frames = 1'024) {
  WaveformBuilder builder({48'000, static_cast<int>(channels.size())});
  push_all(builder, channels, block_frames);
  builder.finish();
  return builder;
}

TEST(WaveformBuilder, keeps_extremes_of_each_256_and_of_what_is_left) {
  Samples samples(600);
  samples[0] = -0.5F;
  samples[255] = 0.25F;
  samples[256] = 2.0F;  // more than full scale does not wrap around
  samples[300] = -2.0F;
  samples[599] = 1.0F;
  for (const std::size_t block_frames : {1U, 100U, 256U, 1'000U}) {
    EXPECT_THAT(built({samples}, block_frames).channels()[0], ElementsAre(-16'384, 8'192, -32'768, 32'767, 0, 32'767));
  }
}

TEST(WaveformBuilder, writes_a_file_that_is_read_again) {
  for (const std::size_t count : {1U, 2U, 6U}) {
    std::vector<Samples> channels(count);
    for (std::size_t c = 0; c < count; ++c) append_noise(channels[c], 48'000, 1, -3, c);
    const WaveformBuilder builder = built(channels);
    const File file = memory_file();
    ASSERT_TRUE(builder.write(file));
    const auto waveform = parse_waveform(bytes_of(file));
    ASSERT_TRUE(waveform) << waveform.error().message;
    EXPECT_EQ(waveform->channels, static_cast<int>(count));
    EXPECT_EQ(waveform->sample_rate, 48'000);
    EXPECT_EQ(waveform->samples_per_pixel, 256);
    EXPECT_EQ(waveform->length(), 188U);  // 187.5
    EXPECT_EQ(waveform->data[2 * count], builder.channels()[0][2]);
  }
}

TEST(WaveformBuilder, writes_no_points_for_no_samples) {
  const File file = memory_file();
  ASSERT_TRUE(built({Samples{}}).write(file));
  EXPECT_EQ(parse_waveform(bytes_of(file))->length(), 0U);
}

}  // namespace
}  // namespace soundbite::media
