#include "service/soundbites.h"

#include <gtest/gtest.h>

#include "base/strict_json.h"
#include "job/job_json.h"
#include "service/health.h"
#include "tests/support/coroutine_runner.h"
#include "tests/support/engines.h"
#include "tests/support/memory_store.h"

namespace soundbite {
namespace {

constexpr Time start{Milliseconds(1'700'000'000'000)};

class SoundbitesTest : public testing::Test, protected CoroutineRunner {
 protected:
  Result<StoredResponse> submit(SpeechRequest request, Owner owner = {}) {
    return run(service.submit({.speech = std::move(request), .metadata = {{"order", "42"}}}, std::move(owner), soon));
  }
  JobId only_job() { return store.records.begin()->first; }

  const Deadline soon = Deadline::in(std::chrono::seconds(20));
  ManualClock clock{start};
  std::unique_ptr<Random> random = make_seeded_random(7);
  MemoryStore store{io.get_executor(), clock};
  FakeSpeech speech;
  Soundbites service{store, store, store.files, speech, clock, *random, {}};
};

TEST_F(SoundbitesTest, answers_a_submission_with_the_record_that_is_stored) {
  const auto response = submit({.text = "Hello."});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 202);
  const Job& job = store.records.at(only_job()).first;
  EXPECT_EQ(response->body, render_job(job));
  EXPECT_EQ(response->headers.at(0).second, "/api/v1/soundbites/" + job.id.text());
  EXPECT_EQ(job.characters, 6u);
  EXPECT_EQ(job.expires_at, start + std::chrono::days(30));
  EXPECT_EQ(job.voice_id, "espeak:en-us") << "no voice was named and no Piper voice is there";
  EXPECT_EQ(store.records.at(only_job()).second.speech.voice_id, job.voice_id);
}

TEST_F(SoundbitesTest, refuses_an_unknown_voice_as_a_wrong_field) {
  const auto response = submit({.text = "Hello.", .voice_id = "espeak:en-uss"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::invalid);
  EXPECT_EQ(response.error().fields.at(0).pointer, "/voiceId");
  EXPECT_TRUE(store.records.empty());
}

TEST_F(SoundbitesTest, refuses_a_language_that_the_voice_does_not_speak) {
  EXPECT_EQ(submit({.text = "Hallo.", .language = "de"}).error().fields.at(0).code, "language_mismatch");
  EXPECT_TRUE(submit({.text = "Hello.", .language = "EN-gb"}));
}

TEST_F(SoundbitesTest, takes_nothing_new_while_the_disk_is_full) {
  store.room = false;
  EXPECT_EQ(submit({.text = "Hello."}).error().code, ErrorCode::storage_full);
}

TEST_F(SoundbitesTest, hides_the_jobs_of_others) {
  submit({.text = "Hello."}, {"acme", "ann"});
  EXPECT_EQ(run(service.get(only_job(), {"acme", "bob"}, soon)).error().code, ErrorCode::not_found);
  EXPECT_EQ(run(service.cancel(only_job(), {}, soon)).error().code, ErrorCode::not_found);
  EXPECT_TRUE(run(service.get(only_job(), {"acme", "ann"}, soon)));
}

TEST_F(SoundbitesTest, answers_a_wait_when_the_job_settles_and_not_at_every_change) {
  submit({.text = "Hello."});
  const JobId id = only_job();
  asio::co_spawn(
      io,
      [&]() -> awaitable<void> {
        const auto claim = co_await store.claim(id, "w", soon);
        co_await store.heartbeat(id, claim->job.attempt, 0.5, soon);
        co_await store.complete(id, claim->job.attempt, {}, soon);
      },
      [](std::exception_ptr) {});
  EXPECT_EQ(run(service.wait_until_settled(id, {}, soon))->status, Status::ready);
}

TEST_F(SoundbitesTest, answers_a_wait_with_the_state_at_its_deadline) {
  submit({.text = "Hello."});
  EXPECT_EQ(run(service.wait_until_settled(only_job(), {}, Deadline::in(Milliseconds(1))))->status, Status::pending);
}

TEST_F(SoundbitesTest, gives_audio_only_of_a_ready_job) {
  submit({.text = "Hello."});
  const JobId id = only_job();
  EXPECT_EQ(run(service.audio(id, {}, soon)).error().code, ErrorCode::conflict);
  Job& job = store.records.at(id).first;
  job.status = Status::ready;
  job.output = Output{.bytes = 3, .blob_key = "k"};
  store.blob_bytes["k"] = "abc";
  EXPECT_EQ(run(service.audio(id, {}, soon))->blob.bytes, 3u);
  EXPECT_TRUE(run(service.remove(id, {}, soon)));
  EXPECT_TRUE(store.blob_bytes.empty());
  EXPECT_EQ(run(service.get(id, {}, soon)).error().code, ErrorCode::not_found);
}

TEST_F(SoundbitesTest, deletes_the_record_even_when_the_bytes_cannot_be_removed_now) {
  submit({.text = "Hello."});
  store.records.at(only_job()).first.output = Output{.blob_key = "k"};
  store.failures.emplace("remove_blob", Error{ErrorCode::unavailable, "gone"});
  EXPECT_TRUE(run(service.remove(only_job(), {}, soon)));
}

class HealthTest : public SoundbitesTest {
 protected:
  std::string media = "ok";
  Health health{store, store, speech, [this] { return media; }, "1.2.3"};
};

TEST_F(HealthTest, is_ready_when_every_part_is) {
  const auto report = run(health.report(soon));
  EXPECT_TRUE(report.ready);
  EXPECT_EQ(report.body.at("status").as_string(), "ok");
  EXPECT_EQ(report.body.at("version").as_string(), "1.2.3");
}

TEST_F(HealthTest, stays_ready_but_degraded_with_a_full_disk) {
  store.room = false;
  const auto report = run(health.report(soon));
  EXPECT_TRUE(report.ready);
  EXPECT_EQ(report.body.at("status").as_string(), "degraded");
}

TEST_F(HealthTest, is_not_ready_without_its_store_nor_while_it_stops) {
  store.failures.emplace("counts", Error{ErrorCode::unavailable, "gone"});
  EXPECT_FALSE(run(health.report(soon)).ready);
  health.begin_stopping();
  EXPECT_EQ(run(health.report(soon)).body.at("status").as_string(), "stopping");
}

}  // namespace
}  // namespace soundbite
