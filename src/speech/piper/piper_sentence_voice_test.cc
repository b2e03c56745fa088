#include "speech/piper/piper_sentence_voice.h"

#include <gmock/gmock.h>

namespace soundbite {
namespace {

using testing::ElementsAre;

TEST(Chunks, start_small_and_double) {
  EXPECT_THAT(plan_chunks(1'300, true), ElementsAre(43, 129, 301, 634, 967, 1300));
}

TEST(Chunks, of_a_later_utterance_are_large_and_alike) {
  EXPECT_THAT(plan_chunks(700, false), ElementsAre(233, 466, 700));
}

TEST(Chunks, leave_no_crumbs) {
  EXPECT_THAT(plan_chunks(60, true), ElementsAre(60));
  EXPECT_THAT(plan_chunks(100, true), ElementsAre(43, 100));
  EXPECT_THAT(plan_chunks(344, false), ElementsAre(344));
  EXPECT_TRUE(plan_chunks(0, true).empty());
}

TEST(Chunks, cover_every_length_without_a_chunk_that_is_empty_or_too_large) {
  for (std::int64_t frames = 1; frames < 3'000; ++frames)
    for (const bool small : {true, false}) {
      std::int64_t at = 0;
      for (const auto end : plan_chunks(frames, small)) {
        ASSERT_GT(end, at);
        ASSERT_LE(end - at, 344);
        at = end;
      }
      ASSERT_EQ(at, frames);
    }
}

}  // namespace
}  // namespace soundbite
