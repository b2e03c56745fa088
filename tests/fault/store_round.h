// A stored folder under attack: what to do with the store, and what must hold afterwards.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapter/embedded/embedded_store.h"
#include "tests/support/coroutine_runner.h"

namespace soundbite {

// In memory where that is possible: what counts here are the errors, not the disk.
class FaultFolder {
 public:
  FaultFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto root = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = root / "soundbite_fault_XXXXXX";
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  FaultFolder(const FaultFolder&) = delete;
  FaultFolder& operator=(const FaultFolder&) = delete;
  ~FaultFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class OpenStore : public CoroutineRunner {
 public:
  explicit OpenStore(const std::string& folder) {
    auto opened = open_embedded_store({.data_dir = folder, .reserve_bytes = 1 << 20}, clock, *random, log, registry);
    if (opened) {
      store = std::move(*opened);
    } else {
      error = opened.error();
    }
  }

  Submission submission() {
    const Time now = clock.now();
    return {.job = {.id = JobId::make(now, *random),
                    .created_at = now,
                    .updated_at = now,
                    .expires_at = now + std::chrono::days(1),
                    .due_at = now},
            .spec = {.speech = {.text = "Hello", .voice_id = "v"}},
            .idempotency = std::nullopt};
  }
  StoredFile file(FileId id, std::uint64_t bytes) const {
    const Time now = clock.now();
    return {.id = id, .bytes = bytes, .created_at = now, .expires_at = now + std::chrono::days(1)};
  }
  static Deadline soon() { return Deadline::in(Seconds(60)); }

  // Puts the audio of the held job and completes it, as a worker does.
  Result<Job> finish(const Job& held) {
    auto scratch = run(store->blobs().scratch(soon()));
    if (!scratch) return std::unexpected(scratch.error());
    const std::string audio = "audio of " + held.id.text();
    if (auto written = scratch->file.write_all(std::as_bytes(std::span(audio))); !written) {
      return std::unexpected(written.error());
    }
    const Output output{.bytes = audio.size(),
                        .sha256 = std::string(64, 'a'),
                        .blob_key = "jobs/" + held.id.text() + "/" + std::to_string(held.attempt) + "/audio.mp3"};
    if (auto put = run(store->blobs().put(output.blob_key, std::move(*scratch), soon())); !put) {
      return std::unexpected(put.error());
    }
    return run(store->jobs().complete(held.id, held.attempt, output, soon()));
  }

  SystemClock clock;
  std::unique_ptr<Random> random = make_system_random();
  Log log{LogFormat::text, LogLevel::off};
  prometheus::Registry registry;
  std::unique_ptr<EmbeddedStore> store;
  std::optional<Error> error;
};

// What the store said it had done.
struct Acknowledged {
  std::set<JobId> submitted;
  std::set<JobId> ready;
  std::set<JobId> removed;
};

// The file is sound, and its kept counters are what its rows say.
inline void expect_sound(const std::string& folder) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder + "/soundbite.db").c_str(), &database), SQLITE_OK);
  const auto first = [database](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(database, sql, -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    std::string text;
    if (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* data = sqlite3_column_text(statement, 0);
      text = std::string(static_cast<const char*>(static_cast<const void*>(data)));
    }
    sqlite3_finalize(statement);
    return text;
  };
  EXPECT_EQ(first("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(
      first("SELECT pending || ' ' || processing || ' ' || ready || ' ' || failed || ' ' || cancelled FROM counts"),
      first("SELECT sum(status = 0) || ' ' || sum(status = 1) || ' ' || sum(status = 2) || ' ' || "
            "sum(status = 3) || ' ' || sum(status = 4) FROM (SELECT status FROM job UNION ALL SELECT -1)"));
  EXPECT_EQ(first("SELECT count(*) FROM job WHERE seq NOT IN (SELECT seq FROM job_spec)"), "0");
  EXPECT_EQ(first("SELECT files || ' ' || file_bytes || ' ' || uploads FROM counts"),
            first("SELECT (SELECT count(*) || ' ' || ifnull(sum(bytes), 0) FROM file) || ' ' || "
                  "(SELECT count(*) FROM upload WHERE file_id IS NULL)"));
  EXPECT_EQ(first("SELECT count(*) FROM job_file WHERE job_seq NOT IN (SELECT seq FROM job)"), "0");
  EXPECT_EQ(first("SELECT count(*) FROM job_file JOIN job ON seq = job_seq WHERE unsettled != (status < 2)"), "0");
  EXPECT_EQ(first("SELECT count(*) FROM upload WHERE file_id IS NOT NULL AND length IS NOT kept"), "0");
  sqlite3_close(database);
}

// On a disk that works: everything acknowledged is there, and what is left can be done.
inline void expect_kept(const std::string& folder, const Acknowledged& acknowledged) {
  OpenStore again(folder);
  ASSERT_FALSE(again.error.has_value()) << again.error->message;
  auto& jobs = again.store->jobs();
  for (const JobId& id : acknowledged.submitted) {
    if (acknowledged.removed.contains(id)) continue;
    const auto job = again.run(jobs.get(id, {}, OpenStore::soon()));
    ASSERT_TRUE(job.has_value()) << job.error().message;
    EXPECT_FALSE(job->dead_lettered);
    if (acknowledged.ready.contains(id)) EXPECT_EQ(job->status, Status::ready);
    if (job->output) {
      const auto blob = again.run(again.store->blobs().open(job->output->blob_key, OpenStore::soon()));
      ASSERT_TRUE(blob.has_value()) << blob.error().message;
      EXPECT_EQ(blob->bytes, job->output->bytes);
    }
  }
  while (again.run(jobs.counts(OpenStore::soon()))->pending > 0) {
    const auto messages = again.run(again.store->queue().receive(10, OpenStore::soon()));
    ASSERT_TRUE(messages.has_value());
    for (const auto& message : *messages) {
      const auto claim = again.run(jobs.claim(message.id, "after", OpenStore::soon()));
      ASSERT_TRUE(claim.has_value()) << claim.error().message;
      const auto done = again.finish(claim->job);
      ASSERT_TRUE(done.has_value()) << done.error().message;
    }
  }
  EXPECT_EQ(again.run(jobs.counts(OpenStore::soon()))->failed, 0);
  again.store->close();
  expect_sound(folder);
}

}  // namespace soundbite
