// Jobs of recordings: their files, their addresses, and what is made of them.
#include "tests/support/recordings.h"

#include <gmock/gmock.h>

#include "service/files.h"
#include "service/soundbites.h"
#include "service/uploads.h"
#include "tests/support/coroutine_runner.h"
#include "tests/support/engines.h"
#include "tests/support/memory_store.h"

namespace soundbite {
namespace {

constexpr Time start{Milliseconds(1'700'000'000'000)};

class RecordingsTest : public testing::Test, protected CoroutineRunner {
 protected:
  FileId add_file(const Owner& owner = {}) {
    StoredFile file;
    file.id = FileId::make(clock.now(), *random);
    file.tenant_id = owner.tenant_id;
    file.user_id = owner.user_id;
    file.expires_at = start + std::chrono::hours(1);
    store.files.records[file.id] = file;
    return file.id;
  }
  std::vector<FieldError> errors_of(JobSpec spec, Owner owner = {}) {
    const auto submitted = run(service.submit(std::move(spec), std::move(owner), soon));
    return submitted ? std::vector<FieldError>{} : submitted.error().fields;
  }
  Result<void> give(UploadIntake& intake, std::span<const std::byte> bytes) {
    std::ranges::copy(bytes, intake.room().begin());
    return run(intake.took(bytes.size()));
  }

  const Deadline soon = Deadline::in(std::chrono::seconds(20));
  asio::thread_pool disk{1};
  ManualClock clock{start};
  std::unique_ptr<Random> random = make_seeded_random(7);
  MemoryStore store{io.get_executor(), clock};
  FakeSpeech speech;
  prometheus::Registry registry;
  Soundbites service{store, store, store.files, speech, clock, *random, {}};
  Files files{store.files, store, disk, clock, *random, registry, {.max_bytes = 10'000, .max_arriving = 2}};
};

TEST_F(RecordingsTest, are_known_by_their_job) {
  const FileId file = add_file();
  EXPECT_TRUE(errors_of({.source = SourceType::file, .file = file}).empty());
  EXPECT_EQ(store.records.begin()->second.first.file, file);
  EXPECT_EQ(store.records.begin()->second.first.voice_id, "") << "nothing is spoken";
  store.records.clear();
  EXPECT_TRUE(errors_of({.source = SourceType::url, .url = "https://me:secret@x.example/a.mp3?token=1"}).size() == 1);
  EXPECT_TRUE(errors_of({.source = SourceType::url, .url = "https://x.example/a.mp3?token=1"}).empty());
  EXPECT_EQ(store.records.begin()->second.first.url, "https://x.example/a.mp3");
}

TEST_F(RecordingsTest, must_be_there_and_the_owners_wherever_they_are_named) {
  const FileId theirs = add_file({.user_id = "another"});
  const FileId ours = add_file({.user_id = "us"});
  const FileId none = FileId::make(clock.now(), *random);
  const JobSpec spec{.source = SourceType::file,
                     .file = theirs,
                     .process = {operation::Concat{.files = {ours, none}}, operation::Mix{.bed = theirs}}};
  std::vector<std::string> pointers;
  for (const FieldError& error : errors_of(spec, {.user_id = "us"})) {
    EXPECT_EQ(error.code, "unknown_file");
    pointers.push_back(error.pointer);
  }
  EXPECT_EQ(pointers, (std::vector<std::string>{"/fileId", "/process/0/fileIds/1", "/process/1/fileId"}));
  EXPECT_TRUE(store.records.empty());
}

TEST_F(RecordingsTest, that_go_between_check_and_commit_are_told_as_the_field_they_are) {
  store.failures.insert({"submit", {ErrorCode::not_found, "no such file"}});
  const auto errors = errors_of({.source = SourceType::file, .file = add_file()});
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].pointer, "/fileId");
  EXPECT_EQ(errors[0].code, "unknown_file");
}

TEST_F(RecordingsTest, leave_nothing_of_their_job_when_it_is_deleted) {
  Job job;
  job.id = JobId::make(clock.now(), *random);
  job.status = Status::ready;
  job.expires_at = start + std::chrono::hours(1);
  job.output = Output{.blob_key = "jobs/x/1/audio.mp3", .analysed = true};
  for (const std::string& key : blob_keys_of(*job.output)) store.blob_bytes[key] = "bytes";
  EXPECT_GT(store.blob_bytes.size(), 1U);
  store.records[job.id] = {job, {}};
  EXPECT_TRUE(run(service.remove(job.id, {}, soon)));
  EXPECT_TRUE(store.blob_bytes.empty());
}

TEST_F(RecordingsTest, arrive_only_so_many_at_once) {
  auto first = run(files.receive(soon));
  auto second = run(files.receive(soon));
  const auto third = run(files.receive(soon));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, ErrorCode::unavailable);
  second->reset();
  EXPECT_TRUE(run(files.receive(soon)));
}

TEST_F(RecordingsTest, are_stored_only_when_they_are_whole_and_right) {
  const std::string wav = wav_of(5'000);
  const auto receive = [&](FileClaims claims) {
    auto intake = run(files.receive(soon));
    EXPECT_TRUE(run((*intake)->write(std::as_bytes(std::span(wav)))));
    return run(files.keep(**intake, std::move(claims), {.user_id = "us"}, soon));
  };
  const auto wrong = receive({.name = "a.wav", .sha256 = std::string(64, '0')});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fields[0].code, "digest_mismatch");
  EXPECT_TRUE(store.files.records.empty());
  const auto right = receive({.name = "a.wav"});
  ASSERT_TRUE(right);
  EXPECT_EQ(right->expires_at, start + std::chrono::days(30));
  EXPECT_EQ(right->user_id, "us");
  EXPECT_TRUE(store.blob_bytes.at(blob_key_of(right->id)) == wav);
  EXPECT_TRUE(receive({.sha256 = right->sha256}));
}

TEST_F(RecordingsTest, that_are_past_a_limit_lowered_since_they_began_take_nothing_more) {
  const std::string wav = wav_of(5'000);
  const auto bytes = std::as_bytes(std::span(wav));
  Uploads before{store.uploads, store, disk, clock, *random, files.instruments(), {.max_bytes = 10'000}};
  const auto upload = run(before.create({}, {}, soon));
  auto first = run(before.receive(upload->id, {}, 0, {}, soon));
  EXPECT_TRUE(give(**first, bytes));
  EXPECT_TRUE(run(before.finish(std::move(*first), {}, soon)));

  Uploads after{store.uploads, store, disk, clock, *random, files.instruments(), {.max_bytes = 100}};
  auto second = run(after.receive(upload->id, {}, bytes.size(), {}, soon));
  const auto written = give(**second, bytes.first(1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().fields.at(0).code, "file_too_large");
}

TEST_F(RecordingsTest, that_cannot_be_stored_say_why) {
  store.files.failures.insert({"add", {ErrorCode::storage_full, "full"}});
  auto intake = run(files.receive(soon));
  const std::string wav = wav_of(5'000);
  EXPECT_TRUE(run((*intake)->write(std::as_bytes(std::span(wav)))));
  const auto kept = run(files.keep(**intake, {}, {}, soon));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, ErrorCode::storage_full);
}

}  // namespace
}  // namespace soundbite
