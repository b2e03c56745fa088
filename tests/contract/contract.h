// The ground of every suite: a store, a clock that stands still, and a thread that runs coroutines to their end.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/random.h"
#include "tests/contract/adapter.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite {

inline Owner alice() { return {"tenant-1", "alice"}; }
inline Owner bob() { return {"tenant-1", "bob"}; }

class Contract : public testing::TestWithParam<Adapter>, protected CoroutineRunner {
 protected:
  Contract() { use({}); }

  void use(const ContractOptions& options) {
    store_.reset();
    store_ = GetParam().make(options, clock_);
  }
  void reopen() { store_->reopen(); }
  JobStore& jobs() { return store_->jobs(); }
  JobQueue& queue() { return store_->queue(); }
  BlobStore& blobs() { return store_->blobs(); }
  FileStore& files() { return store_->files(); }
  UploadStore& uploads() { return store_->uploads(); }

  static Deadline soon() { return Deadline::in(Seconds(20)); }
  static Deadline passed() { return Deadline::in(Seconds(-1)); }

  template <class T>
  std::optional<ErrorCode> error_of(awaitable<Result<T>> call) {
    const auto answer = run(std::move(call));
    if (answer) return std::nullopt;
    return answer.error().code;
  }

  Submission submission(const Owner& owner = {}) {
    const Time now = clock_.now();
    return {.job = {.id = JobId::make(now, *random_),
                    .environment = "test",
                    .user_id = owner.user_id,
                    .tenant_id = owner.tenant_id,
                    .created_at = now,
                    .updated_at = now,
                    .expires_at = now + std::chrono::days(30),
                    .due_at = now,
                    .characters = 5,
                    .voice_id = "espeak:en-us"},
            .spec = {.speech = {.text = "Hello", .voice_id = "espeak:en-us"}},
            .idempotency = std::nullopt};
  }
  JobId submit(const Owner& owner = {}) { return submit(submission(owner)); }
  JobId submit(Submission made) {
    const JobId id = made.job.id;
    must(jobs().submit(std::move(made), soon()));
    return id;
  }
  Scratch scratch_of(const std::string& bytes) {
    auto scratch = must(blobs().scratch(soon()));
    scratch.file.write_all(std::as_bytes(std::span(bytes))).value();
    return scratch;
  }
  StoredFile file_of(const std::string& bytes, const Owner& owner = {}) {
    const Time now = clock_.now();
    return {.id = FileId::make(now, *random_),
            .environment = "test",
            .user_id = owner.user_id,
            .tenant_id = owner.tenant_id,
            .name = "../M\xC3\xA4rz \"1\".wav",
            .content_type = "audio/wav",
            .bytes = bytes.size(),
            .sha256 = std::string(64, 'f'),
            .created_at = now,
            .expires_at = now + std::chrono::days(7)};
  }
  StoredFile add_file(const std::string& bytes = "RIFF", const Owner& owner = {}) {
    auto file = file_of(bytes, owner);
    must(files().add(file, scratch_of(bytes), soon()));
    return file;
  }
  // A job on that recording.
  Submission submission_on(FileId file, const Owner& owner = {}) {
    auto made = submission(owner);
    made.job.source = made.spec.source = SourceType::file;
    made.job.file = made.spec.file = file;
    made.spec.speech = {};
    return made;
  }
  std::string read_blob(const std::string& key) {
    const auto blob = must(blobs().open(key, soon()));
    std::string text(blob.bytes, '\0');
    EXPECT_EQ(blob.file.read_at(std::as_writable_bytes(std::span(text)), 0), blob.bytes);
    return text;
  }
  Claim claim(JobId id, const std::string& worker = "worker-1") { return must(jobs().claim(id, worker, soon())); }
  static Output output_of(const Job& job) {
    return {.format = Format::wav,
            .sample_rate = 22'050,
            .channels = 1,
            .bytes = 4'321,
            .duration_s = 1.25,
            .sha256 = std::string(64, 'a'),
            .blob_key = "jobs/" + job.id.text() + "/" + std::to_string(job.attempt) + "/audio.wav"};
  }
  // Takes the job through to ready.
  Job make_ready(JobId id) {
    const auto held = claim(id);
    return must(jobs().complete(id, held.job.attempt, output_of(held.job), soon()));
  }
  // Fails for good, after all attempts.
  Job make_dead(JobId id) {
    while (true) {
      const auto held = claim(id);
      auto job = must(jobs().fail_attempt(id, held.job.attempt, {ErrorCode::unavailable, "no luck"}, soon()));
      if (job.status == Status::failed) return job;
      clock_.advance(std::chrono::minutes(2));
    }
  }

  ManualClock clock_{std::chrono::floor<Milliseconds>(std::chrono::system_clock::now())};
  std::unique_ptr<Random> random_ = make_seeded_random(42);
  std::unique_ptr<StoreUnderTest> store_;
};

// Instantiates `Suite` for every adapter.
#define RUN_AGAINST_ALL_ADAPTERS(Suite) \
  INSTANTIATE_TEST_SUITE_P(Adapters, Suite, testing::ValuesIn(adapters()), testing::PrintToStringParamName())

}  // namespace soundbite
