#include "base/time.h"

#include <gtest/gtest.h>

namespace soundbite {
namespace {

using namespace std::chrono_literals;

Time at(std::int64_t ms) { return Time(Milliseconds(ms)); }

TEST(Rfc3339, prints_milliseconds_in_utc) {
  EXPECT_EQ(format_rfc3339(at(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_rfc3339(at(1'767'323'045'678)), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(format_rfc3339(at(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, reads_back_what_it_prints) {
  for (const std::int64_t ms : {0LL, 1LL, 951'782'400'000LL, 1'767'323'045'678LL, 253'402'300'799'999LL}) {
    EXPECT_EQ(parse_rfc3339(format_rfc3339(at(ms))), at(ms));
  }
}

TEST(Rfc3339, reads_fractions_offsets_and_small_letters) {
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05Z"), at(1'767'323'045'000));
  EXPECT_EQ(parse_rfc3339("2026-01-02t03:04:05z"), at(1'767'323'045'000));
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.6Z"), at(1'767'323'045'600));
  EXPECT_EQ(parse_rfc3339("2026-01-02T03:04:05.678999999Z"), at(1'767'323'045'678));
  EXPECT_EQ(parse_rfc3339("2026-01-02T05:34:05.678+02:30"), at(1'767'323'045'678));
  EXPECT_EQ(parse_rfc3339("2026-01-01T22:04:05.678-05:00"), at(1'767'323'045'678));
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z")) << "a leap second";
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
}

TEST(Rfc3339, refuses_what_is_not_a_time) {
  for (const char* text : {"",
                           "2026-01-02",
                           "2026-01-02T03:04:05",
                           "2026-01-02 03:04:05Z",
                           "2026-1-02T03:04:05Z",
                           "2026-02-29T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-01-32T00:00:00Z",
                           "2026-01-02T24:00:00Z",
                           "2026-01-02T03:60:00Z",
                           "2026-01-02T03:04:61Z",
                           "2026-01-02T03:04:05.Z",
                           "2026-01-02T03:04:05+2:00",
                           "2026-01-02T03:04:05+24:00",
                           "2026-01-02T03:04:05+00:60",
                           "2026-01-02T03:04:05Zz",
                           "2026-01-02T03:04:05Z ",
                           "+026-01-02T03:04:05Z",
                           "2026\r01-02T03:04:05Z",
                           "2026-01-02T03\x1a"
                           "04:05Z"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

TEST(ManualClock, moves_only_when_told) {
  ManualClock clock(at(1'000));
  EXPECT_EQ(clock.now(), at(1'000));
  clock.advance(5s);
  EXPECT_EQ(clock.now(), at(6'000));
  clock.set(at(7));
  EXPECT_EQ(clock.now(), at(7));
}

TEST(Deadline, that_lies_ahead_has_not_passed) {
  const auto deadline = Deadline::in(1h);
  EXPECT_FALSE(deadline.passed());
  EXPECT_GT(deadline.left(), 59min);
}

TEST(Deadline, that_lies_behind_has_nothing_left) {
  const auto deadline = Deadline::in(-1ns);
  EXPECT_TRUE(deadline.passed());
  EXPECT_EQ(deadline.left(), 0ns);
}

TEST(Deadline, never_does_not_pass) {
  EXPECT_FALSE(Deadline::never().passed());
  EXPECT_EQ(Deadline::never().left(), std::chrono::steady_clock::duration::max());
}

}  // namespace
}  // namespace soundbite
