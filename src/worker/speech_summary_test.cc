#include "worker/speech_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundbite {
namespace {

constexpr std::string_view analysis = R"({"input":{"duration":{"declared":null,"decoded":10.0}},"output":{}})";

TEST(SpeechSummary, tells_segments_share_and_pauses_of_the_input) {
  const std::vector<SpeechSegment> segments = {{1, 3}, {4, 6}, {7.5, 8.5}};
  EXPECT_EQ(*with_speech(std::string(analysis), segments),
            R"({"input":{"speech":{"segments":[{"start":1,"end":3},{"start":4,"end":6},{"start":7.5,"end":8.5}],)"
            R"("share":0.5,"pauses":{"count":2,"mean":1.25,"longest":1.5}},)"
            R"("duration":{"declared":null,"decoded":10.0}},"output":{}})");
}

TEST(SpeechSummary, says_that_nobody_speaks) {
  const auto merged = with_speech(std::string(analysis), {});
  ASSERT_TRUE(merged);
  EXPECT_THAT(*merged, testing::HasSubstr(R"("segments":[],"share":0,"pauses":{"count":0)"));
}

TEST(SpeechSummary, lists_the_first_ten_thousand_segments_and_counts_them_all) {
  std::vector<SpeechSegment> segments;
  for (int i = 0; i < 10'500; ++i) segments.push_back({i * 1.0, i + 0.5});
  const auto merged = with_speech(std::string(analysis), segments);
  ASSERT_TRUE(merged);
  EXPECT_THAT(*merged, testing::HasSubstr(R"("count":10499)"));
  EXPECT_THAT(*merged, testing::Not(testing::HasSubstr(R"("start":10000)")));
}

TEST(SpeechSummary, refuses_an_analysis_without_an_input) {
  EXPECT_EQ(with_speech(R"({"output":{}})", {}).error().code, ErrorCode::internal);
  EXPECT_EQ(with_speech("nonsense", {}).error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace soundbite
