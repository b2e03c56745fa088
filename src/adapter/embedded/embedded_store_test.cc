#include "adapter/embedded/embedded_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "adapter/embedded/test_folder.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite {
namespace {

using testing::HasSubstr;

class EmbeddedStoreTest : public testing::Test, protected CoroutineRunner {
 protected:
  void open(std::uint64_t reserve_bytes = 1 << 20) {
    registry_ = std::make_unique<prometheus::Registry>();
    auto store = open_embedded_store({.data_dir = folder_.path("data"), .reserve_bytes = reserve_bytes}, clock_,
                                     *random_, log_, *registry_);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
  }
  Result<std::unique_ptr<EmbeddedStore>> open_second() {
    second_registry_ = std::make_unique<prometheus::Registry>();
    return open_embedded_store({.data_dir = folder_.path("data")}, clock_, *random_, log_, *second_registry_);
  }

  Submission submission() {
    const Time now = clock_.now();
    return {.job = {.id = JobId::make(now, *random_),
                    .created_at = now,
                    .updated_at = now,
                    .expires_at = now + std::chrono::days(1),
                    .due_at = now},
            .spec = {.speech = {.text = "Hello", .voice_id = "v"}},
            .idempotency = std::nullopt};
  }
  JobId submit() {
    auto made = submission();
    const JobId id = made.job.id;
    EXPECT_TRUE(run(store_->jobs().submit(std::move(made), soon())).has_value());
    return id;
  }
  static Deadline soon() { return Deadline::in(Seconds(20)); }
  std::string database() const { return folder_.path("data/soundbite.db"); }
  std::uint64_t sample_count(const std::string& histogram) const {
    for (const auto& family : registry_->Collect()) {
      if (family.name == histogram) return family.metric.front().histogram.sample_count;
    }
    return 0;
  }

  embedded::TestFolder folder_;
  ManualClock clock_{Time(std::chrono::days(20'000))};
  std::unique_ptr<Random> random_ = make_seeded_random(1);
  Log log_{LogFormat::text, LogLevel::off};
  std::unique_ptr<prometheus::Registry> registry_;
  std::unique_ptr<prometheus::Registry> second_registry_;
  std::unique_ptr<EmbeddedStore> store_;
};

TEST_F(EmbeddedStoreTest, refuses_a_second_process_in_one_line) {
  open();
  const auto second = open_second();
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_THAT(second.error().message, HasSubstr(folder_.path("data")));
  store_->close();
  EXPECT_TRUE(open_second().has_value());
}

TEST_F(EmbeddedStoreTest, returns_a_dead_owners_jobs_at_once) {
  open();
  const JobId held = submit();
  const JobId waiting = submit();
  EXPECT_TRUE(run(store_->jobs().claim(held, "dead", soon())).has_value());
  store_.reset();
  open();
  const Job job = run(store_->jobs().get(held, {}, soon())).value();
  EXPECT_EQ(job.status, Status::pending);
  EXPECT_EQ(job.interruptions, 1);
  EXPECT_LE(job.due_at, clock_.now());
  EXPECT_EQ(run(store_->jobs().get(waiting, {}, soon()))->interruptions, 0);
  EXPECT_EQ(run(store_->queue().receive(10, soon()))->size(), 2U);
  EXPECT_EQ(run(store_->jobs().counts(soon()))->pending, 2);
}

TEST_F(EmbeddedStoreTest, commits_concurrent_submissions_in_groups) {
  open();
  const auto groups_before = sample_count("soundbite_store_group_size");
  for (int i = 0; i < 200; ++i) {
    spawn([](JobStore& jobs, Submission one) -> awaitable<void> {
      EXPECT_TRUE((co_await jobs.submit(std::move(one), soon())).has_value());
    }(store_->jobs(), submission()));
  }
  finish();
  EXPECT_EQ(run(store_->jobs().counts(soon()))->pending, 200);
  EXPECT_LT(sample_count("soundbite_store_group_size") - groups_before, 100U);
}

TEST_F(EmbeddedStoreTest, takes_no_submissions_on_a_full_disk_but_cancels_and_removes) {
  open();
  const JobId first = submit();
  const JobId second = submit();
  store_.reset();
  open(std::uint64_t(1) << 60);
  EXPECT_FALSE(store_->blobs().has_room());
  EXPECT_EQ(run(store_->jobs().submit(submission(), soon())).error().code, ErrorCode::storage_full);
  EXPECT_TRUE(run(store_->jobs().get(first, {}, soon())).has_value());
  EXPECT_TRUE(run(store_->jobs().cancel(first, {}, soon())).has_value());
  EXPECT_TRUE(run(store_->jobs().remove(second, {}, soon())).has_value());
}

TEST_F(EmbeddedStoreTest, leaves_an_empty_log_behind_when_closed) {
  open();
  submit();
  EXPECT_GT(std::filesystem::file_size(database() + "-wal"), 0U);
  store_->close();
  EXPECT_EQ(std::filesystem::file_size(database() + "-wal"), 0U);
}

TEST_F(EmbeddedStoreTest, refuses_calls_after_it_was_closed) {
  open();
  store_->close();
  EXPECT_EQ(run(store_->jobs().submit(submission(), soon())).error().code, ErrorCode::unavailable);
}

TEST_F(EmbeddedStoreTest, says_that_its_database_is_damaged_when_a_crash_left_it_so) {
  open();
  for (int i = 0; i < 50; ++i) submit();
  store_.reset();
  {
    // An index whose root page is gone: nothing that start reads.
    std::fstream file(database(), std::ios::in | std::ios::out | std::ios::binary);
    const auto pages = std::int64_t(std::filesystem::file_size(database())) / 4096;
    file.seekp((pages - 1) * 4096);
    file << std::string(4'096, '\x7f');
    std::ofstream(folder_.path("data/lock")) << "process 1";
  }
  open();
  ErrorCode said{};
  while (said != ErrorCode::corrupt) {
    const auto counts = run(store_->jobs().counts(soon()));
    if (!counts) said = counts.error().code;
    std::this_thread::yield();
  }
  EXPECT_EQ(run(store_->jobs().submit(submission(), soon())).error().code, ErrorCode::corrupt);
}

TEST_F(EmbeddedStoreTest, names_the_folder_and_the_fix_when_its_files_cannot_be_used) {
  std::filesystem::create_directories(folder_.path("data/blobs"));
  std::filesystem::create_directory(folder_.path("data/soundbite.db"));
  const auto opened = open_second();
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().message, HasSubstr(folder_.path("data")));
  EXPECT_THAT(opened.error().message, testing::Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace soundbite
