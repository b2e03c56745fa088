#include "job/waveform.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

// 1 channel: version 1, 8,000 Hz, 256 samples per pixel, two points.
const std::string mono_dat =
    "\x01\0\0\0\0\0\0\0\x40\x1f\0\0\0\x01\0\0\x02\0\0\0"
    "\xff\xff\x01\0\0\x80\xff\x7f"s;

Waveform stereo() {
  return {.sample_rate = 48'000,
          .samples_per_pixel = 256,
          .channels = 2,
          .data = {-100, 100, -300, 301, -200, 50, -7, 7, -1, 2, -3, 4}};
}

TEST(Waveform, reads_version_1_to_the_byte_and_writes_it_again) {
  const auto waveform = parse_waveform(mono_dat);
  ASSERT_TRUE(waveform) << waveform.error().message;
  EXPECT_EQ(waveform->sample_rate, 8'000);
  EXPECT_EQ(waveform->samples_per_pixel, 256);
  EXPECT_EQ(waveform->channels, 1);
  EXPECT_EQ(waveform->bits, 16);
  EXPECT_THAT(waveform->data, ElementsAre(-1, 1, -32'768, 32'767));
  EXPECT_EQ(to_audiowaveform_dat(*waveform), mono_dat);
}

TEST(Waveform, writes_version_2_for_more_channels_and_reads_it_again) {
  const std::string dat = to_audiowaveform_dat(stereo());
  EXPECT_EQ(dat.size(), 24U + 12 * 2);
  EXPECT_EQ(dat.substr(0, 24), "\x02\0\0\0\0\0\0\0\x80\xbb\0\0\0\x01\0\0\x03\0\0\0\x02\0\0\0"s);
  EXPECT_EQ(parse_waveform(dat).value(), stereo());
}

TEST(Waveform, marks_8_bits_in_its_flags) {
  const std::string dat = to_audiowaveform_dat(with_8_bits(*parse_waveform(mono_dat)));
  EXPECT_EQ(dat, "\x01\0\0\0\x01\0\0\0\x40\x1f\0\0\0\x01\0\0\x02\0\0\0\0\0\x80\x7f"s);
  EXPECT_EQ(parse_waveform(dat)->bits, 8);
}

TEST(Waveform, refuses_every_beginning_of_a_file_and_anything_behind_it) {
  for (const std::string& whole : {mono_dat, to_audiowaveform_dat(stereo())}) {
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_waveform(whole.substr(0, size))) << size;
    EXPECT_EQ(parse_waveform(whole + '\0').error().code, ErrorCode::corrupt);
  }
}

TEST(Waveform, refuses_headers_without_sense) {
  const auto with = [](std::size_t at, char byte) {
    std::string dat = to_audiowaveform_dat(stereo());
    dat[at] = byte;
    return parse_waveform(dat);
  };
  EXPECT_FALSE(with(0, 3));        // version
  EXPECT_FALSE(with(4, 2));        // flags
  EXPECT_FALSE(with(11, '\x80'));  // a negative rate
  EXPECT_FALSE(with(15, '\x80'));  // negative samples per pixel
  EXPECT_FALSE(with(19, '\xff'));  // four thousand million points
  EXPECT_FALSE(with(20, 0));       // no channels
  EXPECT_FALSE(with(20, 25));      // too many
}

TEST(Waveform, is_written_as_audiowaveform_writes_it) {
  EXPECT_EQ(to_audiowaveform_json(stereo()),
            "{\"version\":2,\"channels\":2,\"sample_rate\":48000,\"samples_per_pixel\":256,\"bits\":16,\"length\":3,"
            "\"data\":[-100,100,-300,301,-200,50,-7,7,-1,2,-3,4]}\n");
  EXPECT_EQ(to_audiowaveform_json({.sample_rate = 8'000, .samples_per_pixel = 2, .channels = 1}),
            "{\"version\":2,\"channels\":1,\"sample_rate\":8000,\"samples_per_pixel\":2,\"bits\":16,\"length\":0,"
            "\"data\":[]}\n");
}

TEST(Waveform, gives_wavesurfer_each_channel_from_minus_1_to_1) {
  const Waveform waveform{
      .sample_rate = 8'000, .samples_per_pixel = 256, .channels = 2, .data = {-32'768, 16'384, 0, 8, -8'192, 0, -1, 1}};
  EXPECT_EQ(to_wavesurfer_json(waveform, 0.064),
            R"({"peaks":[[-1,0.5,-0.25,0],[0,0.00024,-3e-05,3e-05]],"duration":0.064})");
  EXPECT_EQ(to_wavesurfer_json(with_8_bits(waveform), 1), R"({"peaks":[[-1,0.5,-0.25,0],[0,0,0,0]],"duration":1})");
}

TEST(Waveform, becomes_coarser_by_whole_multiples_and_keeps_the_last_part) {
  const Waveform coarse = with_samples_per_pixel(stereo(), 512);
  EXPECT_EQ(coarse.samples_per_pixel, 512);
  EXPECT_THAT(coarse.data, ElementsAre(-200, 100, -300, 301, -1, 2, -3, 4));
}

TEST(Waveform, becomes_coarser_by_any_factor_without_losing_a_peak) {
  Waveform fine{.sample_rate = 8'000, .samples_per_pixel = 256, .channels = 1};
  for (int i = 0; i < 10; ++i) fine.data.insert(fine.data.end(), {std::int16_t(-i), std::int16_t(i)});
  const Waveform coarse = with_samples_per_pixel(fine, 600);  // points begin at 0, 256, 512 | 768, 1024 | 1280, …
  EXPECT_THAT(coarse.data, ElementsAre(-2, 2, -4, 4, -7, 7, -9, 9));
}

TEST(Waveform, does_not_become_finer) { EXPECT_EQ(with_samples_per_pixel(stereo(), 100), stereo()); }

TEST(Waveform, finds_the_zoom_for_a_number_of_points) {
  Waveform fine{.sample_rate = 8'000, .samples_per_pixel = 256, .channels = 1};
  fine.data.resize(2 * 1'000);
  for (const std::size_t points : {1U, 2U, 3U, 7U, 300U, 333U, 999U, 1'000U, 5'000U}) {
    const int zoom = samples_per_pixel_for(fine, points);
    EXPECT_LE(with_samples_per_pixel(fine, zoom).length(), points);
    if (zoom > 256) {
      EXPECT_GT(with_samples_per_pixel(fine, zoom - 1).length(), points);
    }
  }
}

TEST(Waveform, is_folded_to_mono_toward_zero) {
  EXPECT_THAT(folded_to_mono(stereo()).data, ElementsAre(-200, 200, -103, 28, -2, 3));
  EXPECT_EQ(folded_to_mono(stereo()).channels, 1);
}

TEST(Waveform, becomes_8_bits_toward_zero) {
  const Waveform waveform{
      .sample_rate = 8'000, .samples_per_pixel = 256, .channels = 1, .data = {-255, 255, -256, 256, -32'768, 32'767}};
  EXPECT_THAT(with_8_bits(waveform).data, ElementsAre(0, 0, -1, 1, -128, 127));
}

TEST(Waveform, has_as_many_peaks_as_asked_for) {
  EXPECT_THAT(peaks_of(stereo(), 1), ElementsAre(301 / 32'768.0F));
  EXPECT_THAT(peaks_of(stereo(), 3), ElementsAre(301 / 32'768.0F, 200 / 32'768.0F, 4 / 32'768.0F));
  EXPECT_EQ(peaks_of(stereo(), 80).size(), 80U);
  EXPECT_TRUE(peaks_of({}, 80).empty());
}

}  // namespace
}  // namespace soundbite
