#include "worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <thread>

#include "tests/support/worker_fixture.h"
#include "worker/sweeper.h"

namespace soundbite {
namespace {

class WorkerTest : public WorkerFixture {
 protected:
  JobId submit(const std::string& voice = "espeak:en-us") {
    return WorkerFixture::submit({.speech = {.text = "Hello.", .voice_id = voice}});
  }
};

TEST_F(WorkerTest, makes_the_audio_and_completes_the_job_with_its_digest) {
  const JobId id = submit();
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_EQ(job(id).output->bytes, 30u);
  EXPECT_EQ(job(id).output->sha256.size(), 64u);
  EXPECT_EQ(store.blob_bytes.at("jobs/" + id.text() + "/1/audio.wav"), std::string(30, 's'));
  EXPECT_TRUE(store.handed_out.empty()) << "the message is deleted last";
}

TEST_F(WorkerTest, waits_without_spending_an_attempt_while_the_disk_is_full) {
  const JobId id = submit();
  store.room = false;
  EXPECT_FALSE(run(worker->run_once(Deadline::in(Milliseconds(1)))));
  EXPECT_EQ(job(id).attempt, 0);
}

TEST_F(WorkerTest, fails_a_job_whose_voice_is_gone_at_once) {
  const JobId id = submit("espeak:gone");
  work();
  EXPECT_EQ(job(id).status, Status::failed);
  EXPECT_FALSE(job(id).dead_lettered);
  EXPECT_EQ(job(id).error->errors.at(0).code, "unknown_voice");
}

TEST_F(WorkerTest, tries_again_when_the_media_child_was_killed_and_leaves_no_blob) {
  const JobId id = submit();
  media.finish_error = Error{ErrorCode::unavailable, "the media child was killed"};
  work();
  EXPECT_EQ(job(id).status, Status::pending);
  EXPECT_EQ(job(id).attempts, 1);
  EXPECT_TRUE(store.blob_bytes.empty());
  work();
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_EQ(job(id).attempt, 2);
}

TEST_F(WorkerTest, counts_a_bug_in_an_engine_as_one_failed_attempt) {
  const JobId id = submit();
  speech.on_start = []() -> Result<void> { throw std::logic_error("a bug"); };
  work();
  EXPECT_EQ(job(id).attempts, 1);
  EXPECT_EQ(job(id).status, Status::pending);
}

TEST_F(WorkerTest, counts_no_attempt_when_the_disk_fills_while_it_writes) {
  const JobId id = submit();
  store.failures.emplace("put", Error{ErrorCode::storage_full, "full"});
  work();
  EXPECT_EQ(job(id).status, Status::pending);
  EXPECT_EQ(job(id).attempts, 0);
}

TEST_F(WorkerTest, says_complete_again_when_the_store_did_not_answer) {
  const JobId id = submit();
  store.failures.emplace("complete", Error{ErrorCode::unavailable, "busy"});
  work();
  EXPECT_EQ(job(id).status, Status::ready);
  EXPECT_EQ(job(id).attempts, 0);
}

TEST_F(WorkerTest, stops_a_running_synthesis_when_the_job_is_cancelled) {
  const JobId id = submit();
  speech.gate = [&](int chunk, std::stop_token stop) -> Result<void> {
    if (chunk == 1) {
      asio::co_spawn(io, store.cancel(id, {}, soon), asio::detached);
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
    }
    return {};
  };
  work();
  EXPECT_EQ(job(id).status, Status::cancelled);
  EXPECT_TRUE(store.blob_bytes.empty());
  EXPECT_GE(media.kills, 1);
}

TEST_F(WorkerTest, publishes_nothing_when_its_lease_ran_out_and_another_took_over) {
  const JobId id = submit();
  speech.gate = [&](int chunk, std::stop_token stop) -> Result<void> {
    if (chunk == 1) {
      asio::post(io, [&] {
        clock.advance(Milliseconds(30'001));
        asio::co_spawn(io, store.claim(id, "other", soon), asio::detached);
      });
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any().wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
    }
    return {};
  };
  work();
  EXPECT_EQ(job(id).status, Status::processing);
  EXPECT_EQ(job(id).lease->owner, "other");
  EXPECT_EQ(job(id).interruptions, 1);
  EXPECT_TRUE(store.blob_bytes.empty());
}

TEST_F(WorkerTest, reports_progress_while_it_works) {
  const JobId id = submit();
  double seen = 0;
  speech.gate = [&](int chunk, std::stop_token) -> Result<void> {
    for (int i = 0; chunk == 2 && seen == 0 && i < 20'000; ++i) {
      std::atomic<bool> asked = false;
      asio::post(io, [&] {
        seen = job(id).progress;
        asked = true;
        asked.notify_one();
      });
      asked.wait(false);
    }
    return {};
  };
  work();
  EXPECT_NEAR(seen, 2.0 / 3, 0.01);
}

TEST_F(WorkerTest, finishes_what_runs_and_gives_back_what_does_not_end_in_time) {
  const JobId id = submit();
  std::atomic<bool> running = false;
  speech.gate = [&](int, std::stop_token stop) -> Result<void> {
    running = true;
    running.notify_one();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, std::chrono::seconds(20), [] { return false; });
    return {};
  };
  worker->start();
  std::jthread stopper([&] {
    running.wait(false);
    asio::co_spawn(io, worker->stop(Deadline::in(Milliseconds(1))), asio::detached);
  });
  finish();
  EXPECT_EQ(job(id).status, Status::pending);
  EXPECT_EQ(job(id).attempts + job(id).interruptions, 0);
}

TEST_F(WorkerTest, goes_on_after_the_queue_failed) {
  const JobId id = submit();
  store.failures.emplace("receive", Error{ErrorCode::unavailable, "gone"});
  EXPECT_FALSE(work());
  EXPECT_TRUE(work());
  EXPECT_EQ(job(id).status, Status::ready);
}

class SweeperTest : public WorkerTest {
 protected:
  Swept sweep() { return run(sweeper.run_once(soon)).value(); }
  Sweeper sweeper{io.get_executor(), {store, store, store.files, store.uploads, log}, {}};
};

TEST_F(SweeperTest, returns_a_job_whose_worker_vanished) {
  const JobId id = submit();
  run(store.claim(id, "gone", soon));
  EXPECT_EQ(sweep().interrupted, 0u);
  clock.advance(Milliseconds(30'001));
  EXPECT_EQ(sweep().interrupted, 1u);
  EXPECT_EQ(job(id).status, Status::pending);
}

TEST_F(SweeperTest, removes_the_audio_of_expired_records) {
  submit();
  work();
  clock.advance(std::chrono::hours(25));
  EXPECT_EQ(sweep().blobs_removed, 1u);
  EXPECT_TRUE(store.blob_bytes.empty());
}

TEST_F(SweeperTest, removes_blobs_that_no_record_owns_and_no_others) {
  const JobId id = submit();
  work();
  const JobId running = submit();
  run(store.claim(running, "w", soon));
  store.blob_bytes["jobs/" + id.text() + "/0/audio.wav"] = "an overtaken attempt";
  store.blob_bytes["jobs/" + running.text() + "/1/audio.wav"] = "about to be completed";
  store.blob_bytes["jobs/" + JobId{}.text() + "/1/audio.wav"] = "of a deleted job";
  EXPECT_EQ(sweep().blobs_removed, 2u);
  EXPECT_EQ(store.blob_bytes.size(), 2u);
}

}  // namespace
}  // namespace soundbite
