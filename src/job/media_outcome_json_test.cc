#include <gmock/gmock.h>

#include <limits>

#include "base/strict_json.h"
#include "job/json_check.h"
#include "job/media_task_json.h"

namespace soundbite {
namespace {

using namespace std::string_literals;

Verification full_verification() {
  return {.requested_lufs = -16,
          .requested_true_peak = -1.5,
          .achieved_lufs = -16.03,
          .achieved_true_peak = -1.712345,
          .predicted_s = 9.5,
          .achieved_s = 9.500023,
          .pass = true,
          .reason = "the \"ceiling\" came first"};
}

MediaOutcome full_outcome() {
  return {.sample_rate = 48'000,
          .channels = 2,
          .frames = 456'000,
          .duration_s = 9.5,
          .verification = full_verification(),
          .dropped = {"cover art", "chapters"},
          .analysis = "{\"input\": {\"b\": 1.10, \"a\": [1e-3]},\n \"output\": {}}"};
}

Result<MediaOutcome> error_of_all_kinds() {
  return std::unexpected(
      Error{ErrorCode::invalid,
            "the recording is cut",
            {{"/process/0/fileId", "undecodable", "is \"not\" audio", {"wav", "flac"}}, {"", "a1", "", {}}}});
}

TEST(MediaOutcomeJson, comes_back_the_same_with_its_analysis_byte_for_byte) {
  EXPECT_EQ(parse_media_outcome(to_json(Result<MediaOutcome>(full_outcome()))).value(), full_outcome());
  EXPECT_EQ(parse_media_outcome(to_json(Result<MediaOutcome>(MediaOutcome{}))).value(), MediaOutcome{});
}

TEST(MediaOutcomeJson, carries_an_error_with_every_field_of_it) {
  EXPECT_EQ(parse_media_outcome(to_json(error_of_all_kinds())).error(), error_of_all_kinds().error());
}

TEST(MediaOutcomeJson, knows_every_code_of_an_error) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const Error error{static_cast<ErrorCode>(code), "m", {}};
    EXPECT_EQ(parse_media_outcome(to_json(Result<MediaOutcome>(std::unexpected(error)))).error(), error);
  }
}

TEST(MediaOutcomeJson, never_writes_a_number_that_is_none) {
  MediaOutcome outcome = full_outcome();
  outcome.analysis.clear();
  outcome.verification->achieved_lufs = -std::numeric_limits<double>::infinity();
  outcome.verification->achieved_true_peak = std::numeric_limits<double>::quiet_NaN();
  const auto text = to_json(Result<MediaOutcome>(outcome));
  EXPECT_TRUE(parse_strict_json(text)) << text;
}

std::string replaced(std::string text, std::string_view old, std::string_view replacement) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), replacement);
}

void expect_senseless(const std::string& text) {
  const auto outcome = parse_media_outcome(text);
  ASSERT_FALSE(outcome) << text.substr(0, 300);
  EXPECT_EQ(outcome.error().code, ErrorCode::internal) << text.substr(0, 300);
  EXPECT_TRUE(outcome.error().fields.empty());
  EXPECT_LT(outcome.error().message.size(), 1'000);
}

TEST(ParseMediaOutcome, takes_no_outcome_that_makes_no_sense) {
  MediaOutcome bare = full_outcome();
  bare.analysis.clear();
  const std::string known = to_json(Result<MediaOutcome>(bare));
  ASSERT_TRUE(parse_media_outcome(known));
  for (const auto& text : {""s,
                           "\n"s,
                           "[]"s,
                           "{}"s,
                           "null"s,
                           known + "x",
                           "\n" + known,
                           known.substr(1),
                           replaced(known, "48000", "-1"),
                           replaced(known, "48000", "1e9"),
                           replaced(known, "48000", "null"),
                           replaced(known, R"("sampleRate":48000)", R"("sampleRate":0)"),
                           replaced(known, R"("channels":2)", R"("channels":9)"),
                           replaced(known, R"("channels":2,)", ""),
                           replaced(known, "456000", "-5"),
                           replaced(known, "456000", "1e30"),
                           replaced(known, "456000", "0.5"),
                           replaced(known, R"("durationSeconds":9.5,)", R"("durationSeconds":1e999,)"),
                           replaced(known, R"("durationSeconds":9.5,)", R"("durationSeconds":1e15,)"),
                           replaced(known, R"("frames")", R"("Frames")"),
                           replaced(known, R"("frames")", '"' + std::string(4'000, 'f') + '"'),
                           replaced(known, R"("pass":true)", R"("pass":1)"),
                           replaced(known, R"("loudness":-16.03)", R"("loudness":-1e4)"),
                           replaced(known, R"("requested":{)", R"("requested":{"extra":1,)"),
                           replaced(known, R"("cover art")", "7"),
                           replaced(known, R"("cover art")", "\"\xff\""),
                           replaced(known, R"("cover art")", '"' + std::string(5'000, 'a') + '"'),
                           replaced(known, R"("cover art")", '"' + std::string(300'000, 'a') + '"'),
                           replaced(
                               known, R"("cover art")", "\"a\"" + [] {
                                 std::string many;
                                 for (int i = 0; i < 100; ++i) many += ",\"a\"";
                                 return many;
                               }())}) {
    expect_senseless(text);
  }
}

TEST(ParseMediaOutcome, takes_no_error_that_makes_no_sense) {
  const std::string known = to_json(error_of_all_kinds());
  for (const auto& text :
       {replaced(known, R"("invalid")", R"("unlucky")"), replaced(known, R"("invalid")", "5"),
        replaced(known, R"("message")", R"("note")"), replaced(known, R"("undecodable")", R"("Not A Code")"),
        replaced(known, R"("undecodable")", R"("")"), replaced(known, R"("/process/0/fileId")", R"("process")"),
        replaced(known, R"("pointer":"",)", ""), replaced(known, R"("wav")", "{}"),
        replaced(known, R"(the recording is cut)", std::string(5'000, 'a')),
        replaced(known, R"({"error")", R"({"a":1,"error")"), known + "\n{}", R"({"error":5})"s}) {
    expect_senseless(text);
  }
}

TEST(ParseMediaOutcome, takes_an_analysis_only_when_it_is_one_object_of_bounded_size) {
  const auto with = [](std::string analysis) {
    MediaOutcome outcome;
    outcome.analysis = std::move(analysis);
    return to_json(Result<MediaOutcome>(outcome));
  };
  EXPECT_TRUE(parse_media_outcome(with("{}")));
  EXPECT_TRUE(parse_media_outcome(with(R"({"a":")" + std::string(max_analysis_bytes - 8, ' ') + "\"}")));
  for (const auto& analysis : {R"({"a":")" + std::string(max_analysis_bytes - 7, ' ') + "\"}", "[]"s, " "s, "\n"s,
                               "{} {}"s, "{\"a\":1e999}"s, "{\"a\":NaN}"s, "{\"a\":\"\xc3\"}"s, "{\"a\":1"s,
                               "{\"a\":" + std::string(64, '[') + std::string(64, ']') + "}"}) {
    expect_senseless(with(analysis));
  }
}

TEST(IsJsonObject, tells_without_building_it) {
  EXPECT_TRUE(is_json_object(" {\"a\": [1, -2.5e3, null, true, \"\xc3\xa9\"]} "));
  EXPECT_FALSE(is_json_object(""));
  EXPECT_FALSE(is_json_object("1"));
  EXPECT_FALSE(is_json_object("{\"a\":1}}"));
}

TEST(VerificationJson, is_the_form_of_a_record) {
  EXPECT_EQ(to_json(full_verification()),
            R"({"requested":{"loudness":-16,"truePeak":-1.5},"predicted":{"durationSeconds":9.5},)"
            R"("achieved":{"loudness":-16.03,"truePeak":-1.712345,"durationSeconds":9.500023},"pass":true,)"
            R"("reason":"the \"ceiling\" came first"})");
  EXPECT_EQ(parse_verification(to_json(full_verification())).value(), full_verification());
}

TEST(VerificationJson, leaves_out_what_was_not_asked_or_could_not_be_measured) {
  const Verification verification{.predicted_s = 1, .achieved_s = 1, .pass = true};
  EXPECT_EQ(to_json(verification), R"({"requested":{},"predicted":{"durationSeconds":1},)"
                                   R"("achieved":{"durationSeconds":1},"pass":true})");
  EXPECT_EQ(parse_verification(to_json(verification)).value(), verification);
}

TEST(VerificationJson, is_corrupt_when_a_record_holds_another_thing) {
  for (const char* text : {"", "[]", "{}", R"({"requested":{},"predicted":{},"achieved":{},"pass":"yes"})"}) {
    const auto verification = parse_verification(text);
    ASSERT_FALSE(verification) << text;
    EXPECT_EQ(verification.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace soundbite
