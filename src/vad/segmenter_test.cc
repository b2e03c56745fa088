#include "vad/segmenter.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

constexpr double window_s = 0.032;
constexpr double padding_s = 0.030;

struct Stretch {
  int windows;
  float probability;
};

std::vector<SpeechSegment> segments_of(const std::vector<Stretch>& stretches, std::int64_t cut = 0) {
  Segmenter segmenter;
  std::int64_t windows = 0;
  for (const auto& [count, probability] : stretches) {
    for (int i = 0; i < count; ++i) segmenter.push(probability);
    windows += count;
  }
  return segmenter.finish(windows * detector_window - cut);
}

testing::Matcher<SpeechSegment> spans(double start_s, double end_s) {
  return testing::AllOf(testing::Field("start_s", &SpeechSegment::start_s, testing::DoubleNear(start_s, 1e-9)),
                        testing::Field("end_s", &SpeechSegment::end_s, testing::DoubleNear(end_s, 1e-9)));
}

TEST(Segmenter, finds_nothing_where_nothing_is_likely) {
  EXPECT_THAT(segments_of({}), testing::IsEmpty());
  EXPECT_THAT(segments_of({{1000, 0.49f}}), testing::IsEmpty());
}

TEST(Segmenter, begins_at_a_half_and_pads_both_sides) {
  EXPECT_THAT(segments_of({{10, 0.1f}, {20, 0.5f}, {10, 0.1f}}),
              testing::ElementsAre(spans(10 * window_s - padding_s, 30 * window_s + padding_s)));
}

TEST(Segmenter, keeps_a_segment_open_between_the_two_thresholds) {
  EXPECT_THAT(segments_of({{10, 0.1f}, {5, 0.9f}, {50, 0.36f}, {10, 0.1f}}),
              testing::ElementsAre(spans(10 * window_s - padding_s, 65 * window_s + padding_s)));
}

TEST(Segmenter, bridges_a_dip_shorter_than_a_tenth_of_a_second) {
  EXPECT_THAT(segments_of({{10, 0.9f}, {4, 0.1f}, {10, 0.9f}, {10, 0.1f}}),
              testing::ElementsAre(spans(0, 24 * window_s + padding_s)));
}

TEST(Segmenter, parts_two_segments_at_a_longer_one) {
  EXPECT_THAT(segments_of({{10, 0.9f}, {5, 0.1f}, {10, 0.9f}, {10, 0.1f}}),
              testing::ElementsAre(spans(0, 10 * window_s + padding_s),
                                   spans(15 * window_s - padding_s, 25 * window_s + padding_s)));
}

TEST(Segmenter, ends_where_the_silence_began_although_the_model_doubted) {
  EXPECT_THAT(segments_of({{10, 0.9f}, {1, 0.1f}, {2, 0.4f}, {10, 0.1f}}),
              testing::ElementsAre(spans(0, 10 * window_s + padding_s)));
}

TEST(Segmenter, drops_what_is_no_longer_than_a_quarter_of_a_second) {
  EXPECT_THAT(segments_of({{10, 0.1f}, {7, 0.9f}, {10, 0.1f}}), testing::IsEmpty());                // 224 ms
  EXPECT_THAT(segments_of({{10, 0.1f}, {8, 0.9f}, {10, 0.1f}}), testing::SizeIs(1));                // 256 ms
  EXPECT_THAT(segments_of({{10, 0.1f}, {8, 0.9f}}, detector_rate * 6 / 1000), testing::IsEmpty());  // 250 ms
}

TEST(Segmenter, never_passes_the_ends_of_the_recording) {
  EXPECT_THAT(segments_of({{20, 0.9f}}, 100), testing::ElementsAre(spans(0, 20 * window_s - 100.0 / detector_rate)));
}

}  // namespace
}  // namespace soundbite
