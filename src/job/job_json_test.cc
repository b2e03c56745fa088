#include "job/job_json.h"

#include <gtest/gtest.h>

#include "base/strict_json.h"

namespace soundbite {
namespace {

Job ready_job() {
  Job job;
  job.id = *JobId::parse("01890a5d-ac96-774b-bcce-b302099a8057");
  job.status = Status::ready;
  job.progress = 1;
  job.created_at = Time(Milliseconds(1'700'000'000'000));
  job.updated_at = job.created_at + Milliseconds(2'500);
  job.expires_at = job.created_at + std::chrono::days(30);
  job.started_at = job.created_at + Milliseconds(40);
  job.settled_at = job.updated_at;
  job.environment = "development";
  job.characters = 6;
  job.voice_id = "espeak:en-us";
  job.metadata = {{"a\"b", "c\nd"}};
  job.output = Output{Format::wav, 22050, 1, 1234, 0.5, "ab", "jobs/secret/key"};
  return job;
}

TEST(RenderJob, is_the_soundbite_of_the_contract) {
  EXPECT_EQ(
      render_job(ready_job()),
      R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","status":"ready","progress":1,"attempts":0,"interruptions":0,)"
      R"("createdAt":"2023-11-14T22:13:20.000Z","updatedAt":"2023-11-14T22:13:22.500Z",)"
      R"("expiresAt":"2023-12-14T22:13:20.000Z","environment":"development",)"
      R"("source":{"type":"text","characters":6},"voiceId":"espeak:en-us","metadata":{"a\"b":"c\u000ad"},)"
      R"("output":{"format":"wav","sampleRate":22050,"channels":1,"bytes":1234,"durationSeconds":0.5,"sha256":"ab"},)"
      R"("timing":{"queuedMs":40,"processingMs":2460},)"
      R"("links":{"self":"/api/v1/soundbites/01890a5d-ac96-774b-bcce-b302099a8057",)"
      R"("audio":"/api/v1/soundbites/01890a5d-ac96-774b-bcce-b302099a8057/audio"}})");
}

TEST(RenderJob, is_json_whatever_the_client_named_things) {
  Job job = ready_job();
  job.metadata = {{"\x01\"\\/\xe2\x80\xae", "\xff"}};
  EXPECT_TRUE(parse_strict_json(render_job(job)));
}

TEST(RenderJob, shows_the_problem_of_a_failed_job_only) {
  Job job = ready_job();
  job.output.reset();
  job.error = to_problem({ErrorCode::unavailable, "gone", {}});
  job.status = Status::pending;
  EXPECT_EQ(render_job(job).find("\"error\""), std::string::npos);
  job.status = Status::failed;
  EXPECT_NE(render_job(job).find(R"("error":{"type":"/problems/unavailable")"), std::string::npos);
  EXPECT_EQ(render_job(job).find("/audio"), std::string::npos);
}

TEST(RenderJob, shows_a_recording_by_its_id_or_its_address_and_no_voice) {
  Job job = ready_job();
  job.source = SourceType::file;
  job.file = *FileId::parse("01890a5d-ac96-774b-bcce-b302099a8058");
  EXPECT_NE(render_job(job).find(R"("source":{"type":"file","fileId":"01890a5d-ac96-774b-bcce-b302099a8058"})"),
            std::string::npos);
  EXPECT_EQ(render_job(job).find("voiceId"), std::string::npos);
  job.source = SourceType::url;
  job.url = "https://example.org/a.mp3";
  EXPECT_NE(render_job(job).find(R"("source":{"type":"url","url":"https://example.org/a.mp3"})"), std::string::npos);
  EXPECT_EQ(render_job(job).find("voiceId"), std::string::npos);
}

TEST(RenderJob, shows_how_the_output_was_verified_and_what_was_dropped) {
  Job job = ready_job();
  job.output->verification = Verification{.requested_lufs = -16, .achieved_lufs = -16.1, .pass = true};
  job.output->dropped = {"cover art"};
  const std::string shown = render_job(job);
  EXPECT_TRUE(parse_strict_json(shown));
  EXPECT_NE(shown.find(R"("sha256":"ab","verification":{"requested":{"loudness":-16},)"), std::string::npos);
  EXPECT_NE(shown.find(R"("pass":true},"dropped":["cover art"]})"), std::string::npos);
}

TEST(RenderJob, links_to_the_analysis_and_pictures_once_there_are_some) {
  Job job = ready_job();
  EXPECT_EQ(render_job(job).find("waveform"), std::string::npos);
  job.output->analysed = true;
  const std::string self = "\"/api/v1/soundbites/01890a5d-ac96-774b-bcce-b302099a8057/";
  EXPECT_NE(render_job(job).find("\"analysis\":" + self + "analysis\",\"waveform\":" + self +
                                 "waveform\",\"waveformPng\":" + self + "waveform.png\",\"spectrogramPng\":" + self +
                                 "spectrogram.png\"}"),
            std::string::npos);
  job.status = Status::failed;
  EXPECT_EQ(render_job(job).find("waveform"), std::string::npos);
}

TEST(RenderJobList, ends_with_a_null_cursor_on_the_last_page) {
  EXPECT_EQ(render_job_list({}, ""), R"({"items":[],"nextCursor":null})");
  EXPECT_TRUE(parse_strict_json(render_job_list({ready_job(), ready_job()}, "abc")));
}

TEST(Problem, keeps_its_members_when_stored) {
  const Problem problem = to_problem({ErrorCode::invalid, "wrong", {{"/a", "b", "c", {"d", "e"}}}});
  EXPECT_EQ(parse_stored_problem(to_stored_json(problem)).value(), problem);
  EXPECT_FALSE(parse_stored_problem("{}"));
}

TEST(Problem, never_shows_the_message_of_an_internal_error) {
  EXPECT_EQ(to_problem({ErrorCode::internal, "/etc/secret broke", {}}).detail.find("secret"), std::string::npos);
}

TEST(Problem, names_what_can_go_wrong_with_files_and_uploads) {
  EXPECT_EQ(find_problem_type("file-in-use")->status, 409);
  EXPECT_EQ(find_problem_type("offset-mismatch")->status, 409);
  EXPECT_EQ(find_problem_type("expired")->status, 410);
  EXPECT_EQ(find_problem_type("tus-version-not-supported")->status, 412);
  EXPECT_EQ(find_problem_type("upload-locked")->status, 423);
  EXPECT_EQ(find_problem_type("checksum-mismatch")->status, 460);
}

TEST(Problem, has_one_title_and_name_per_type) {
  for (const auto& type : problem_types()) {
    EXPECT_EQ(find_problem_type(type.name), &type) << type.name;
    EXPECT_FALSE(type.title.empty());
    EXPECT_FALSE(type.explanation.empty());
  }
}

}  // namespace
}  // namespace soundbite
