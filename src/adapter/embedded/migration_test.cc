// A folder of an earlier release is taken over with all that is in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/embedded/embedded_store.h"
#include "adapter/embedded/sqlite.h"
#include "adapter/embedded/test_folder.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite::embedded {
namespace {

// As release 1 wrote them: a pending job, and one that is ready.
constexpr std::string_view jobs_of_version_1 = R"(
INSERT INTO job VALUES (1, x'0198c5b2000070008000000000000001', 'test', 'tenant', 'user', 0, 0.0, 0, 0, 0, 0,
  1728000000000, 1728000000000, 1900000000000, 1728000000000, NULL, NULL, NULL, NULL, 0, 5, 'espeak:en-us',
  '{"order":"42"}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO job_spec VALUES (1, '{"text":"Hello","voiceId":"espeak:en-us","language":"","speed":1.5,"volume":0.0,'
  || '"sentenceSilence":0.2,"output":{"format":"wav","channels":1},"metadata":{"order":"42"}}');
INSERT INTO job VALUES (2, x'0198c5b2000170008000000000000002', 'test', 'tenant', 'user', 2, 1.0, 1, 0, 2, 7,
  1728000000001, 1728000005000, 1900000000000, 1728000000001, 1728000001000, 1728000005000, NULL, NULL, 0, 5,
  'espeak:en-us', NULL, 'wav', 22050, 1, 44144, 1.001, 'abc', 'jobs/0198c5b2-0001-7000-8000-000000000002/2/audio.wav',
  NULL);
INSERT INTO job_spec VALUES (2, '{"text":"Hello","voiceId":"espeak:en-us","language":"","speed":1.0,"volume":0.0,'
  || '"sentenceSilence":0.2,"output":{"format":"wav"},"metadata":{}}');
UPDATE counts SET pending = 1, ready = 1;
)";

class Migration : public testing::Test, protected CoroutineRunner {
 protected:
  Migration() {
    std::filesystem::create_directory(folder_.path("data"));
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(folder_.path("data/soundbite.db").c_str(), &handle), SQLITE_OK);
    Connection connection(handle);
    connection.execute(migrations()[0]).value();
    connection.execute("PRAGMA application_id = " + std::to_string(application_id)).value();
    connection.execute("PRAGMA user_version = 1").value();
    connection.execute(jobs_of_version_1).value();
  }

  std::unique_ptr<EmbeddedStore> open() {
    registry_ = std::make_unique<prometheus::Registry>();
    auto store = open_embedded_store({.data_dir = folder_.path("data"), .reserve_bytes = 1 << 20}, clock_, *random_,
                                     log_, *registry_);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }
  static Deadline soon() { return Deadline::in(Seconds(20)); }
  static JobId id_of(std::string_view text) { return JobId::parse(text).value(); }

  const Owner owner_{"tenant", "user"};
  const JobId pending_ = id_of("0198c5b2-0000-7000-8000-000000000001");
  const JobId ready_ = id_of("0198c5b2-0001-7000-8000-000000000002");
  TestFolder folder_;
  ManualClock clock_{Time(Milliseconds(1'728'000'010'000))};
  std::unique_ptr<Random> random_ = make_seeded_random(1);
  Log log_{LogFormat::text, LogLevel::off};
  std::unique_ptr<prometheus::Registry> registry_;
};

TEST_F(Migration, keeps_the_jobs_of_version_1_readable_and_workable) {
  auto store = open();
  for (int round = 0; round < 2; ++round) {
    const Job ready = must(store->jobs().get(ready_, owner_, soon()));
    EXPECT_EQ(ready.source, SourceType::text);
    ASSERT_TRUE(ready.output.has_value());
    EXPECT_EQ(*ready.output, (Output{.format = Format::wav,
                                     .sample_rate = 22'050,
                                     .channels = 1,
                                     .bytes = 44'144,
                                     .duration_s = 1.001,
                                     .sha256 = "abc",
                                     .blob_key = "jobs/0198c5b2-0001-7000-8000-000000000002/2/audio.wav"}));
    EXPECT_EQ(must(store->jobs().list({.owner = owner_}, soon())).jobs.size(), 2U);
    store.reset();
    store = open();
  }
  const auto claim = must(store->jobs().claim(pending_, "worker", soon()));
  EXPECT_EQ(claim.job.metadata.at("order"), "42");
  EXPECT_EQ(claim.spec, (JobSpec{.speech = {.text = "Hello", .voice_id = "espeak:en-us", .speed = 1.5},
                                 .output = {.format = Format::wav, .channels = 1},
                                 .metadata = {{"order", "42"}}}));
  const auto counts = must(store->jobs().counts(soon()));
  EXPECT_EQ(counts.processing, 1);
  EXPECT_EQ(counts.ready, 1);
}

TEST_F(Migration, makes_room_for_recordings) {
  const auto store = open();
  StoredFile file{.id = FileId::make(clock_.now(), *random_), .expires_at = clock_.now() + Seconds(60)};
  must(store->files().add(file, must(store->blobs().scratch(soon())), soon()));
  EXPECT_EQ(must(store->files().get(file.id, {}, soon())), file);
}

}  // namespace
}  // namespace soundbite::embedded
