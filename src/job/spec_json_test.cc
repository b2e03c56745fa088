#include "job/spec_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundbite {
namespace {

using namespace std::string_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<FieldError> errors_of(std::string_view body) {
  const auto spec = parse_job_spec(body, {});
  if (spec) return {};
  EXPECT_EQ(spec.error().code, ErrorCode::invalid);
  EXPECT_FALSE(spec.error().fields.empty());
  return spec.error().fields;
}

std::vector<std::string> codes_of(std::string_view body) {
  std::vector<std::string> codes;
  for (const auto& field : errors_of(body)) codes.push_back(field.pointer + ":" + field.code);
  return codes;
}

TEST(ParseJobSpec, takes_a_bare_text_with_the_defaults_of_the_contract) {
  const auto spec = parse_job_spec(R"({"text":"Hello."})", {});
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->speech.text, "Hello.");
  EXPECT_EQ(spec->speech.speed, 1.0);
  EXPECT_EQ(spec->speech.sentence_silence_s, 0.2);
  EXPECT_EQ(spec->output.format, Format::mp3);
}

TEST(ParseJobSpec, takes_every_field) {
  const auto spec = parse_job_spec(
      R"({"text":"Hé","voiceId":"v","language":"en-US","speed":2,"volume":-3.5,"sentenceSilence":1,
          "output":{"format":"wav","sampleRate":16000,"channels":2},"metadata":{"order":"42"}})",
      {});
  ASSERT_TRUE(spec) << testing::PrintToString(spec.error().fields.size());
  EXPECT_EQ(spec->speech.volume_db, -3.5);
  EXPECT_EQ(spec->output.sample_rate, 16000);
  EXPECT_EQ(spec->output.channels, 2);
  EXPECT_EQ(spec->metadata.at("order"), "42");
  EXPECT_EQ(parse_stored_spec(to_stored_json(*spec)).value(), *spec);
}

TEST(ParseJobSpec, reports_every_wrong_field_at_once) {
  EXPECT_THAT(codes_of(R"({"text":"  ","speed":0,"volume":99,"sentenceSilence":-1,"language":"x","voiceID":"a",
                           "output":{"format":"mp3","sampleRate":11,"channels":7},"metadata":{"a":1}})"),
              UnorderedElementsAre("/voiceID:unknown_field", "/metadata/a:wrong_type", "/text:blank",
                                   "/language:invalid_language", "/speed:out_of_range", "/volume:out_of_range",
                                   "/sentenceSilence:out_of_range", "/output/sampleRate:out_of_range",
                                   "/output/channels:out_of_range"));
}

TEST(ParseJobSpec, suggests_the_nearest_field_and_the_formats) {
  EXPECT_THAT(errors_of(R"({"text":"a","voiceID":"v"})").at(0).suggestions, Contains("voiceId"));
  EXPECT_THAT(errors_of(R"({"text":"a","output":{"format":"mp4"}})").at(0).suggestions, Contains("m4a"));
}

constexpr std::string_view file_id = "01890a5d-ac96-774b-bcce-b302099a8057";

std::string with_file(std::string_view more = "") {
  return R"({"fileId":")" + std::string(file_id) + '"' + std::string(more) + "}";
}

TEST(ParseJobSpec, takes_a_file_or_an_address_in_place_of_a_text) {
  const auto file = parse_job_spec(with_file(), {});
  ASSERT_TRUE(file);
  EXPECT_EQ(file->source, SourceType::file);
  EXPECT_EQ(file->file.text(), file_id);
  const auto url = parse_job_spec(R"({"url":"https://example.org/a.mp3?key=1"})", {});
  ASSERT_TRUE(url);
  EXPECT_EQ(url->source, SourceType::url);
  EXPECT_EQ(url->url, "https://example.org/a.mp3?key=1");
}

TEST(ParseJobSpec, takes_a_recipe_and_the_wish_for_an_analysis_with_every_source) {
  const std::string more = R"(,"process":[{"op":"gain","gain":3},{"op":"loudness"}],"analysis":true})";
  for (const auto& source :
       {R"({"text":"a")"s, R"({"url":"http://a.example/")"s, R"({"fileId":")" + std::string(file_id) + '"'}) {
    const auto spec = parse_job_spec(source + more, {});
    ASSERT_TRUE(spec) << source;
    EXPECT_EQ(spec->process, (Recipe{operation::Gain{3}, operation::Loudness{}}));
    EXPECT_TRUE(spec->analysis);
  }
}

TEST(ParseJobSpec, points_at_each_of_several_sources) {
  EXPECT_THAT(
      codes_of(R"({"text":"a","fileId":")" + std::string(file_id) + R"(","url":"http://a"})"),
      UnorderedElementsAre("/text:conflicting_source", "/fileId:conflicting_source", "/url:conflicting_source"));
}

TEST(ParseJobSpec, names_the_three_sources_when_none_is_given) {
  const auto errors = errors_of(R"({"process":[]})");
  ASSERT_EQ(errors.size(), 1);
  EXPECT_EQ(errors[0].pointer, "/text");
  EXPECT_EQ(errors[0].code, "required");
  for (const char* source : {"text", "fileId", "url"}) EXPECT_NE(errors[0].detail.find(source), std::string::npos);
}

TEST(ParseJobSpec, refuses_with_a_recording_what_is_for_text_alone) {
  EXPECT_THAT(codes_of(with_file(R"(,"voiceId":"v","language":"en","speed":1,"volume":0,"sentenceSilence":9)")),
              UnorderedElementsAre("/voiceId:not_applicable", "/language:not_applicable", "/speed:not_applicable",
                                   "/volume:not_applicable", "/sentenceSilence:not_applicable"));
}

TEST(ParseJobSpec, takes_for_a_recording_every_bitrate_that_one_or_two_channels_may_have) {
  EXPECT_THAT(codes_of(with_file(R"(,"output":{"format":"opus","bitrate":510000})")), IsEmpty());
  EXPECT_THAT(codes_of(with_file(R"(,"output":{"format":"opus","bitrate":6000})")), IsEmpty());
  EXPECT_THAT(codes_of(with_file(R"(,"output":{"format":"opus","bitrate":510001})")),
              ElementsAre("/output/bitrate:out_of_range"));
  EXPECT_THAT(codes_of(with_file(R"(,"output":{"format":"opus","bitrate":510000,"channels":1})")),
              ElementsAre("/output/bitrate:out_of_range"));
  EXPECT_THAT(codes_of(R"({"text":"a","output":{"format":"opus","bitrate":510000}})"),
              ElementsAre("/output/bitrate:out_of_range"));
}

TEST(ParseJobSpec, takes_an_address_of_2048_bytes_and_not_one_more) {
  const auto body = [](std::size_t bytes) { return R"({"url":")" + std::string(bytes, 'a') + "\"}"; };
  EXPECT_THAT(codes_of(body(2'048)), IsEmpty());
  EXPECT_THAT(codes_of(body(2'049)), ElementsAre("/url:too_long"));
}

TEST(StoredSpec, comes_back_the_same_for_every_source) {
  const std::string more = R"(,"output":{"format":"flac"},"metadata":{"a":"b"},"analysis":true,)"
                           R"("process":[{"op":"trim","end":0.30000000000000004},{"op":"tempo","factor":1.1}]})";
  for (const auto& source : {R"({"text":"a","speed":1.1,"voiceId":"v")"s, R"({"url":"http://a.example/")"s,
                             R"({"fileId":")" + std::string(file_id) + '"'}) {
    const auto spec = parse_job_spec(source + more, {});
    ASSERT_TRUE(spec) << source;
    EXPECT_EQ(parse_stored_spec(to_stored_json(*spec)).value(), *spec);
  }
}

TEST(StoredSpec, is_read_as_it_was_written_before_there_were_recordings) {
  const auto spec = parse_stored_spec(
      R"({"text":"Hello.","voiceId":"v","language":"","speed":1.5E0,"volume":0E0,"sentenceSilence":2E-1,)"
      R"("output":{"format":"mp3","channels":2},"metadata":{"a":"b"}})");
  ASSERT_TRUE(spec);
  JobSpec expected;
  expected.speech = {.text = "Hello.", .voice_id = "v", .speed = 1.5};
  expected.output.channels = 2;
  expected.metadata = {{"a", "b"}};
  EXPECT_EQ(*spec, expected);
}

TEST(StoredSpec, is_corrupt_when_a_record_holds_another_thing) {
  for (const char* stored : {"", "[]", R"({"fileId":"x"})", R"({"text":"a","process":{}})"}) {
    const auto spec = parse_stored_spec(stored);
    ASSERT_FALSE(spec) << stored;
    EXPECT_EQ(spec.error().code, ErrorCode::corrupt);
  }
}

struct Refused {
  const char* body;
  const char* code;
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.body; }

class Refusals : public testing::TestWithParam<Refused> {};

TEST_P(Refusals, names_the_field_and_the_reason) { EXPECT_THAT(codes_of(GetParam().body), Contains(GetParam().code)); }

INSTANTIATE_TEST_SUITE_P(
    ParseJobSpec, Refusals,
    testing::Values(
        Refused{"", ":bad_json"}, Refused{"[]", ":wrong_type"}, Refused{"{}", "/text:required"},
        Refused{R"({"text":""})", "/text:blank"}, Refused{R"({"text":"\t\n "})", "/text:blank"},
        Refused{"{\"text\":\"\u00a0\u3000\u2003\u200b\"}", "/text:blank"}, Refused{R"({"text":5})", "/text:wrong_type"},
        Refused{R"({"text":"a\u0000b"})", "/text:invalid_character"}, Refused{R"({"text":"\ud800"})", ":bad_json"},
        Refused{"{\"text\":\"\xff\"}", ":bad_json"}, Refused{R"({"text":"a","text":"b"})", ":duplicate_key"},
        Refused{R"({"text":"a","speed":1e308})", "/speed:out_of_range"},
        Refused{R"({"text":"a","speed":1e999})", ":bad_json"}, Refused{R"({"text":"a","speed":NaN})", ":bad_json"},
        Refused{R"({"text":"a","speed":"1"})", "/speed:wrong_type"},
        Refused{R"({"text":"a","speed":-0.0})", "/speed:out_of_range"},
        Refused{R"({"text":"a","ssml":"<speak/>"})", "/ssml:not_available"},
        Refused{R"({"text":"a","marks":["word"]})", "/marks:not_available"},
        Refused{R"({"text":"a","captions":["srt"]})", "/captions:not_available"},
        Refused{R"({"text":"a","process":{}})", "/process:wrong_type"},
        Refused{R"({"text":"a","process":[{"op":"tempo","factor":3}]})", "/process/0/factor:out_of_range"},
        Refused{R"({"text":"a","analysis":"yes"})", "/analysis:wrong_type"},
        Refused{R"({"fileId":"../../etc/passwd"})", "/fileId:unknown_file"},
        Refused{R"({"fileId":7})", "/fileId:wrong_type"}, Refused{R"({"url":""})", "/url:invalid_url"},
        Refused{R"({"url":["http://a"]})", "/url:wrong_type"},
        Refused{R"({"url":"http://a","output":{"channels":8,"format":"wav"}})", "/output/channels:out_of_range"},
        Refused{R"({"text":"a","status":"ready"})", "/status:unknown_field"},
        Refused{R"({"text":"a","voiceId":""})", "/voiceId:unknown_voice"},
        Refused{R"({"text":"a","output":[]})", "/output:wrong_type"},
        Refused{R"({"text":"a","output":{"sampleRate":1e300}})", "/output/sampleRate:out_of_range"},
        Refused{R"({"text":"a","output":{"sampleRate":44100.5}})", "/output/sampleRate:wrong_type"},
        Refused{R"({"text":"a","output":{"format":"wav","bitrate":64000}})", "/output/bitrate:not_applicable"},
        Refused{R"({"text":"a","metadata":{"":"x"}})", "/metadata/:too_long"},
        Refused{R"({"text":"a","metadata":{"a/b~":1}})", "/metadata/a~1b~0:wrong_type"}));

TEST(ParseJobSpec, counts_characters_not_bytes) {
  const SpecLimits limits{.max_text_characters = 3};
  EXPECT_TRUE(parse_job_spec(R"({"text":"日本語"})", limits));
  const auto over = parse_job_spec(R"({"text":"日本語!"})", limits);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().fields.at(0).code, "too_long");
}

TEST(ParseJobSpec, refuses_nesting_that_no_request_needs) {
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  EXPECT_THAT(codes_of(R"({"text":"a","metadata":)" + deep + "}"), ElementsAre(":bad_json"));
}

TEST(ParseJobSpec, takes_sixteen_pairs_of_metadata_and_not_seventeen) {
  const auto body = [](int pairs) {
    std::string metadata;
    for (int i = 0; i < pairs; ++i) metadata += (i ? ",\"" : "\"") + std::to_string(i) + "\":\"\"";
    return R"({"text":"a","metadata":{)" + metadata + "}}";
  };
  EXPECT_THAT(codes_of(body(16)), IsEmpty());
  EXPECT_THAT(codes_of(body(17)), ElementsAre("/metadata:too_many"));
}

}  // namespace
}  // namespace soundbite
