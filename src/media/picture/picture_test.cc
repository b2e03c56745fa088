#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"
#include "media/analysis/spectrum.h"
#include "media/decoded_test.h"
#include "media/picture/canvas.h"
#include "media/picture/font.h"
#include "media/picture/spectrogram_picture.h"
#include "media/picture/time_axis.h"
#include "media/picture/waveform_picture.h"

namespace soundbite::media {
namespace {

std::vector<std::string> labels(double duration_s) {
  std::vector<std::string> result;
  for (const TimeMark& mark : time_marks(duration_s, 1'100, 110)) result.push_back(mark.label);
  return result;
}

TEST(TimeAxis, has_round_marks_for_any_duration) {
  EXPECT_THAT(labels(0.05), testing::ElementsAre("0.000 s", "0.005 s", "0.010 s", "0.015 s", "0.020 s", "0.025 s",
                                                 "0.030 s", "0.035 s", "0.040 s", "0.045 s", "0.050 s"));
  EXPECT_THAT(labels(1.9), testing::ElementsAre("0.0 s", "0.2 s", "0.4 s", "0.6 s", "0.8 s", "1.0 s", "1.2 s", "1.4 s",
                                                "1.6 s", "1.8 s"));
  EXPECT_THAT(labels(75), testing::ElementsAre("0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00", "1:10"));
  EXPECT_THAT(labels(7'200), testing::Contains("1:15:00"));
  EXPECT_THAT(labels(0), testing::IsEmpty());
  EXPECT_LE(labels(90'000'000).size(), 11U);
}

TEST(TimeAxis, keeps_marks_as_far_apart_as_labels_need) {
  for (double duration = 0.01; duration < 100'000; duration *= 1.37) {
    const auto marks = time_marks(duration, 1'100, 110);
    ASSERT_GE(marks.size(), 1U);
    if (marks.size() > 1) {
      EXPECT_GE((marks[1].at_s - marks[0].at_s) / duration * 1'100, 110 - 1e-6);
    }
  }
}

TEST(Font, draws_every_character_that_axes_need) {
  for (const char character : std::string_view("0123456789.:-BFHLRSdksz")) {
    EXPECT_THAT(glyph_of(character), testing::Contains(testing::Gt(0))) << character;
  }
  EXPECT_THAT(glyph_of(' '), testing::Each(0));
}

TEST(Canvas, draws_nothing_outside_of_itself) {
  Canvas canvas(20, 10, {}, 0);
  canvas.fill(-5, -5, 100, 100, 7);
  canvas.text(-30, -3, "0123456789", 9);
  canvas.text(15, 8, "88", 9, Align::right);
  EXPECT_EQ(canvas.at(19, 9), 7);
}

TEST(Canvas, becomes_a_png_of_its_size) {
  Canvas canvas(300, 20, {}, 3);
  const File file = memory_file();
  ASSERT_TRUE(canvas.write_png(file));
  const std::string png = bytes_of(file);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x01\x2c\0\0\0\x14", 8));
}

TEST(Canvas, says_when_there_is_no_room_for_its_file) {
  const File full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto written = Canvas(10, 10, {}, 0).write_png(full);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::storage_full);
}

struct Drawn {
  Canvas waveform;
  Canvas spectrogram;
};

Drawn draw(int rate, const std::vector<Samples>& channels) {
  const AudioFormat format{rate, static_cast<int>(channels.size())};
  WaveformBuilder waveform(format);
  LevelMap levels(format);
  Spectrum spectrum(format);
  push_all(waveform, channels);
  push_all(levels, channels);
  push_all(spectrum, channels);
  waveform.finish();
  levels.finish();
  spectrum.finish();
  return {draw_waveform(waveform, levels), draw_spectrogram(spectrum.columns(), levels.duration_s(), rate)};
}

TEST(Pictures, show_a_tone_at_its_time_and_pitch) {
  Samples samples;
  append_silence(samples, 48'000, 1);
  append_sine(samples, 48'000, 4'000, 1, 0);
  const Drawn drawn = draw(48'000, {samples});
  // Above the middle of the lane: ground at a quarter of the time, the wave at three quarters.
  EXPECT_NE(drawn.waveform.at(300, 60), drawn.waveform.at(900, 60));
  const auto brightest = [&](int x) {
    Ink ink = 0;
    for (int y = 12; y < 470; ++y) ink = std::max(ink, drawn.spectrogram.at(x, y));
    return ink;
  };
  EXPECT_EQ(brightest(300), 0);
  EXPECT_GT(brightest(900), 230);
}

TEST(Pictures, are_drawn_of_anything) {
  for (const int rate : {8'000, 44'100, 384'000}) {
    for (const std::size_t channels : {1U, 2U, 8U}) {
      for (const std::size_t frames : {0U, 1U, 300U, 20'000U}) {
        Samples samples(frames, 3e38F);
        const Drawn drawn = draw(rate, std::vector<Samples>(channels, samples));
        EXPECT_EQ(drawn.waveform.width(), 1'200);
        EXPECT_EQ(drawn.spectrogram.height(), 500);
      }
    }
  }
}

}  // namespace
}  // namespace soundbite::media
