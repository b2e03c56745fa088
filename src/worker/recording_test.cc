// Jobs about recordings, through the worker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/worker_fixture.h"

namespace soundbite {
namespace {

using testing::ElementsAre;

class RecordingTest : public WorkerFixture {
 protected:
  FileId upload(const std::string& bytes) {
    auto scratch = run(store.scratch(soon));
    EXPECT_TRUE(scratch->file.write_all(std::as_bytes(std::span(bytes))));
    const FileId id = FileId::make(clock.now(), *random);
    EXPECT_TRUE(run(store.files.add(
        {.id = id, .name = "talk.wav", .bytes = bytes.size(), .expires_at = clock.now() + std::chrono::hours(24)},
        std::move(*scratch), soon)));
    return id;
  }

  std::string key(JobId id, const std::string& name) { return "jobs/" + id.text() + "/1/" + name; }
};

TEST_F(RecordingTest, processes_a_file_with_its_recipe) {
  const FileId file = upload("recorded");
  const JobId id = submit({.source = SourceType::file, .file = file, .process = {operation::Gain{.db = 3}}});
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_EQ(store.blob_bytes.at(key(id, "audio.wav")), "recorded");
  ASSERT_EQ(media.tasks.size(), 1u);
  EXPECT_THAT(media.tasks[0].inputs, ElementsAre(MediaInput{"/fileId", "talk.wav"}));
  EXPECT_EQ(media.tasks[0].recipe, Recipe{operation::Gain{.db = 3}});
  EXPECT_FALSE(media.tasks[0].pcm_rate);
}

TEST_F(RecordingTest, keeps_an_analysis_with_the_speech_that_was_heard_and_its_pictures_beside_the_audio) {
  const FileId file = upload("recorded");
  const JobId id = submit({.source = SourceType::file, .file = file, .analysis = true});
  EXPECT_TRUE(work());
  ASSERT_EQ(job(id).status, Status::ready);
  EXPECT_TRUE(job(id).output->analysed);
  EXPECT_THAT(store.blob_bytes.at(key(id, "analysis.json")), testing::HasSubstr(R"("speech":{"segments":[{"start":)"));
  EXPECT_EQ(store.blob_bytes.at(key(id, "waveform.dat")), "made");
  EXPECT_EQ(store.blob_bytes.at(key(id, "waveform.png")), "made");
  EXPECT_EQ(store.blob_bytes.at(key(id, "spectrogram.png")), "made");
}

TEST_F(RecordingTest, analyses_without_the_speech_detector_when_there_is_none) {
  detector.listen_error = Error{ErrorCode::unavailable, "no model", {}};
  const FileId file = upload("recorded");
  const JobId id = submit({.source = SourceType::file, .file = file, .analysis = true});
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_FALSE(media.tasks.at(0).tap_speech);
}

TEST_F(RecordingTest, speaks_a_text_into_the_pipeline_when_it_has_operations) {
  JobSpec spec{.process = {operation::Fade{.in_s = 1}}};
  spec.speech.text = "Hello.";
  spec.speech.voice_id = "espeak:en-us";
  const JobId id = submit(std::move(spec));
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_EQ(media.tasks.at(0).pcm_rate, 22'050);
  EXPECT_EQ(store.blob_bytes.at(key(id, "audio.wav")), std::string(30, 's'));
}

TEST_F(RecordingTest, opens_every_file_that_the_recipe_names) {
  const FileId talk = upload("talk");
  const FileId bed = upload("bed");
  submit({.source = SourceType::file,
          .file = talk,
          .process = {operation::Concat{.files = {bed, talk}}, operation::Mix{.bed = bed}}});
  EXPECT_TRUE(work());
  std::vector<std::string> pointers;
  for (const auto& input : media.tasks.at(0).inputs) pointers.push_back(input.pointer);
  EXPECT_THAT(pointers, ElementsAre("/fileId", "/process/0/fileIds/0", "/process/0/fileIds/1", "/process/1/fileId"));
}

TEST_F(RecordingTest, fetches_a_url_first) {
  const JobId id = submit({.source = SourceType::url, .url = "https://example.com/talk.wav?token=1"});
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_THAT(fetcher.urls, ElementsAre("https://example.com/talk.wav?token=1"));
  EXPECT_EQ(store.blob_bytes.at(key(id, "audio.wav")), "fetched");
}

TEST_F(RecordingTest, fails_at_once_when_the_url_is_refused) {
  fetcher.error =
      Error{ErrorCode::invalid, "1 field is wrong", {{"/url", "url_refused", "names a private address", {}}}};
  const JobId id = submit({.source = SourceType::url, .url = "http://10.0.0.1/"});
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::failed);
  EXPECT_EQ(job(id).error->errors.at(0).code, "url_refused");
  EXPECT_FALSE(job(id).dead_lettered);
}

TEST_F(RecordingTest, fails_at_once_when_a_file_of_the_recipe_is_gone) {
  const FileId talk = upload("talk");
  const FileId bed = upload("bed");
  const JobId id = submit({.source = SourceType::file, .file = talk, .process = {operation::Mix{.bed = bed}}});
  store.blob_bytes.erase(blob_key_of(bed));
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::failed);
  EXPECT_EQ(job(id).error->errors.at(0).pointer, "/process/0/fileId");
  EXPECT_EQ(job(id).error->errors.at(0).code, "unknown_file");
}

TEST_F(RecordingTest, tries_again_when_the_child_was_killed_and_leaves_no_blob) {
  const FileId file = upload("recorded");
  const JobId id = submit({.source = SourceType::file, .file = file, .analysis = true});
  media.finish_error = Error{ErrorCode::unavailable, "the media child was killed", {}};
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::pending);
  EXPECT_EQ(store.blob_bytes.size(), 1u) << "the recording alone";
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
}

TEST_F(RecordingTest, ends_a_fetch_when_the_job_is_cancelled) {
  fetcher.never_ends = true;
  const JobId id = submit({.source = SourceType::url, .url = "https://example.com/endless.wav"});
  asio::steady_timer timer(io, std::chrono::milliseconds(20));
  timer.async_wait([&](boost::system::error_code) {
    asio::co_spawn(io, store.cancel(id, Owner{}, soon), [](std::exception_ptr, Result<Job>) {});
  });
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::cancelled);
}

}  // namespace
}  // namespace soundbite
