#include "base/log.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>
#include <thread>

namespace soundbite {
namespace {

TEST(LogLine, in_text_quotes_only_what_needs_it) {
  EXPECT_EQ(format_log_fields(LogFormat::text, "job_ready", {{"id", "0197"}, {"bytes", 12}, {"error", "no room"}}),
            R"(job_ready id=0197 bytes=12 error="no room")");
  EXPECT_EQ(format_log_fields(LogFormat::text, "x", {{"empty", ""}, {"sign", "a=b"}}), R"(x empty="" sign="a=b")");
}

TEST(LogLine, cannot_be_broken_by_a_value) {
  const auto line =
      format_log_fields(LogFormat::text, "request", {{"path", "/a\r\n2026-01-01 error forged=1\x1b[2J\x7f\xff"}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\xff'), std::string::npos);
}

TEST(LogLine, in_json_is_json_with_numbers_and_booleans) {
  const auto line = format_log_fields(LogFormat::json, "job_ready",
                                      {{"n", -3}, {"seconds", 0.5}, {"again", true}, {"text", std::string("a\"b\n")}});
  const auto value = boost::json::parse("{" + line + "}").as_object();
  EXPECT_EQ(value.at("event").as_string(), "job_ready");
  EXPECT_EQ(value.at("n").as_int64(), -3);
  EXPECT_DOUBLE_EQ(value.at("seconds").as_double(), 0.5);
  EXPECT_TRUE(value.at("again").as_bool());
  EXPECT_EQ(value.at("text").as_string(), "a\"b\n");
}

TEST(LogLine, in_json_quotes_what_json_has_no_number_for) {
  const auto line = format_log_fields(
      LogFormat::json, "x",
      {{"a", std::numeric_limits<double>::quiet_NaN()}, {"b", std::numeric_limits<double>::infinity()}});
  const auto value = boost::json::parse("{" + line + "}").as_object();
  EXPECT_EQ(value.at("a").as_string(), "nan");
  EXPECT_EQ(value.at("b").as_string(), "inf");
}

TEST(Log, writes_one_whole_line_per_call_from_any_thread) {
  testing::internal::CaptureStderr();
  {
    Log log(LogFormat::json, LogLevel::info);
    log.debug("unseen");
    std::jthread other([&] {
      for (int i = 0; i < 50; ++i) log.info("tick", {{"braces", "{}{0}%v%n"}});
    });
    for (int i = 0; i < 50; ++i) log.warn("tock");
  }
  const std::string printed = testing::internal::GetCapturedStderr();
  int lines = 0;
  for (std::size_t from = 0; from < printed.size(); ++lines) {
    const std::size_t end = printed.find('\n', from);
    ASSERT_NE(end, std::string::npos);
    const auto line = boost::json::parse(printed.substr(from, end - from)).as_object();
    EXPECT_TRUE(line.at("level") == "info" || line.at("level") == "warn");
    EXPECT_EQ(line.at("time").as_string().size(), 24U);
    from = end + 1;
  }
  EXPECT_EQ(lines, 100);
}

TEST(Log, that_is_off_prints_nothing) {
  testing::internal::CaptureStderr();
  Log(LogFormat::text, LogLevel::off).error("gone");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace soundbite
