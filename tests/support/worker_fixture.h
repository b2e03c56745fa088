// For tests: one worker between a store in memory and engines that are not there.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/coroutine_runner.h"
#include "tests/support/engines.h"
#include "tests/support/memory_store.h"
#include "worker/worker.h"

namespace soundbite {

class WorkerFixture : public testing::Test, protected CoroutineRunner {
 protected:
  JobId submit(JobSpec spec) {
    Submission submission;
    submission.job.id = JobId::make(clock.now(), *random);
    submission.job.created_at = submission.job.due_at = clock.now();
    submission.job.expires_at = clock.now() + std::chrono::hours(24);
    submission.job.source = spec.source;
    submission.job.voice_id = spec.speech.voice_id;
    submission.spec = std::move(spec);
    submission.spec.output.format = Format::wav;
    const JobId id = submission.job.id;
    EXPECT_TRUE(run(store.submit(std::move(submission), soon)));
    return id;
  }
  bool work() { return run(worker->run_once(soon)); }
  const Job& job(JobId id) { return store.records.at(id).first; }

  const Deadline soon = Deadline::in(std::chrono::seconds(20));
  ManualClock clock{Time(Milliseconds(1'700'000'000'000))};
  std::unique_ptr<Random> random = make_seeded_random(7);
  Log log{LogFormat::text, LogLevel::off};
  prometheus::Registry registry;
  MemoryStore store{io.get_executor(), clock};
  FakeSpeech speech;
  FakeMedia media;
  FakeFetcher fetcher;
  FakeDetector detector;
  std::unique_ptr<Worker> worker = make_worker(
      io.get_executor(), {.slots = 1, .name = "test", .progress_interval = Milliseconds(5), .pause = Milliseconds(5)},
      {store, store, store, store.files, fetcher, speech, media, detector, clock, log, registry});
};

}  // namespace soundbite
