// The disk refuses the first call, the second, … until a whole round passes without a refusal. Whatever it refused: the
// error is one that callers know, nothing acknowledged is lost, and the folder works again when the disk does.
#include <gmock/gmock.h>

#include <cerrno>

#include "tests/fault/failing_disk.h"
#include "tests/fault/recordings_kept.h"
#include "tests/fault/store_round.h"

namespace soundbite {

namespace {

// What the client of a failing disk may be told.
void expect_clean(const Error& error) {
  EXPECT_TRUE(error.code == ErrorCode::storage_full || error.code == ErrorCode::unavailable ||
              error.code == ErrorCode::timeout)
      << name_of(error.code) << ": " << error.message;
}

template <class T>
bool went_well(const Result<T>& result) {
  if (!result) expect_clean(result.error());
  return result.has_value();
}

// A little of everything; notes what was acknowledged.
void play(OpenStore& open, Acknowledged& acknowledged) {
  auto& jobs = open.store->jobs();
  std::vector<JobId> ids;
  for (int i = 0; i < 4; ++i) {
    auto made = open.submission();
    const JobId id = made.job.id;
    if (went_well(open.run(jobs.submit(std::move(made), OpenStore::soon())))) {
      ids.push_back(id);
      acknowledged.submitted.insert(id);
    }
  }
  if (ids.size() < 2) return;
  const JobId removed = ids.back();
  // From the moment we ask, it may be gone.
  acknowledged.removed.insert(removed);
  went_well(open.run(jobs.remove(removed, {}, OpenStore::soon())));
  went_well(open.run(jobs.list({}, OpenStore::soon())));
  const auto claim = open.run(jobs.claim(ids.front(), "worker", OpenStore::soon()));
  if (!went_well(claim)) return;
  went_well(open.run(jobs.heartbeat(ids.front(), claim->job.attempt, 0.5, OpenStore::soon())));
  if (went_well(open.finish(claim->job))) acknowledged.ready.insert(ids.front());
}

std::optional<FileId> add(OpenStore& open, AcknowledgedRecordings& acknowledged) {
  auto scratch = open.run(open.store->blobs().scratch(OpenStore::soon()));
  if (!went_well(scratch)) return std::nullopt;
  const auto file = open.file(FileId::make(open.clock.now(), *open.random), chunk_bytes);
  const std::string bytes = recording_of(file.id.bytes, chunk_bytes);
  if (!went_well(scratch->file.write_all(std::as_bytes(std::span(bytes))))) return std::nullopt;
  if (!went_well(open.run(open.store->files().add(file, std::move(*scratch), OpenStore::soon())))) return std::nullopt;
  acknowledged.files.insert(file.id);
  return file.id;
}

void play_files(OpenStore& open, Acknowledged& jobs, AcknowledgedRecordings& acknowledged) {
  const auto used = add(open, acknowledged);
  const auto removed = add(open, acknowledged);
  if (removed) {
    acknowledged.removed.insert(*removed);
    went_well(open.run(open.store->files().remove(*removed, {}, OpenStore::soon())));
  }
  if (!used) return;
  auto made = open.submission();
  made.job.source = made.spec.source = SourceType::file;
  made.job.file = made.spec.file = *used;
  const JobId id = made.job.id;
  if (!went_well(open.run(open.store->jobs().submit(std::move(made), OpenStore::soon())))) return;
  jobs.submitted.insert(id);
  const auto refused = open.run(open.store->files().remove(*used, {}, OpenStore::soon()));
  ASSERT_FALSE(refused.has_value());
  if (refused.error().code != ErrorCode::conflict) expect_clean(refused.error());
}

std::optional<UploadId> create(OpenStore& open, AcknowledgedRecordings& acknowledged) {
  const Time now = open.clock.now();
  const Upload upload{.id = UploadId::make(now, *open.random),
                      .length = upload_bytes,
                      .created_at = now,
                      .expires_at = now + std::chrono::days(1)};
  if (!went_well(open.run(open.store->uploads().create(upload, OpenStore::soon())))) return std::nullopt;
  acknowledged.chunks[upload.id] = 0;
  return upload.id;
}

bool append(OpenStore& open, UploadWriter& writer, const std::string& bytes) {
  return went_well(open.run(writer.append(std::as_bytes(std::span(bytes)), OpenStore::soon())));
}

// The client goes on as long as it is told that all is well.
void play_upload(OpenStore& open, AcknowledgedRecordings& acknowledged, bool to_its_end) {
  const auto id = create(open, acknowledged);
  if (!id) return;
  const auto writer = open.run(open.store->uploads().acquire(*id, {}, OpenStore::soon()));
  if (!went_well(writer)) return;
  if (!append(open, **writer, chunk_of(id->bytes, 0))) return;
  if (!went_well(open.run((*writer)->keep({}, OpenStore::soon())))) return;
  acknowledged.chunks[*id] = 1;
  if (!append(open, **writer, "wrong by its checksum")) return;
  if (!to_its_end || !went_well(open.run((*writer)->discard(OpenStore::soon())))) return;
  const std::size_t last = chunks_of_upload - 1;
  for (std::size_t i = 1; i < last; ++i) {
    if (!append(open, **writer, chunk_of(id->bytes, i))) return;
  }
  const auto file = open.file(file_of(*id), upload_bytes);
  const std::string rest = chunk_of(id->bytes, last);
  if (!went_well(open.run((*writer)->place(file.id, std::as_bytes(std::span(rest)), OpenStore::soon())))) return;
  if (went_well(open.run((*writer)->become(file, OpenStore::soon())))) acknowledged.whole.insert(*id);
}

struct Fault {
  std::string name;
  int error;
  long count;  // 0: from the first refusal on, all
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FailingDisk : public testing::TestWithParam<Fault> {
 protected:
  ~FailingDisk() override { failing_disk_mend(); }
};

TEST_P(FailingDisk, loses_nothing_acknowledged_whichever_call_fails) {
  long refused = 1;
  int rounds = 0;
  for (long nth = 1; refused != 0; ++nth) {
    SCOPED_TRACE("call " + std::to_string(nth));
    const FaultFolder folder;
    Acknowledged acknowledged;
    AcknowledgedRecordings recordings;
    failing_disk_fail(folder.path().c_str(), GetParam().error, nth, GetParam().count);
    {
      OpenStore open(folder.path());
      if (open.error) {
        expect_clean(*open.error);
        EXPECT_THAT(open.error->message, testing::HasSubstr(folder.path()));
        EXPECT_THAT(open.error->message, testing::Not(testing::HasSubstr("\n")));
      } else {
        play(open, acknowledged);
        play_files(open, acknowledged, recordings);
        play_upload(open, recordings, true);
        play_upload(open, recordings, false);
        open.store->close();
      }
    }
    refused = failing_disk_failures();
    failing_disk_mend();
    expect_recordings_kept(folder.path(), recordings);
    expect_kept(folder.path(), acknowledged);
    ++rounds;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(rounds, 30) << "too few calls came through here for this to be the disk";
  RecordProperty("rounds", rounds);
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingDisk,
                         testing::Values(Fault{"one_call_without_room", ENOSPC, 1},
                                         Fault{"one_call_with_io_error", EIO, 1},
                                         Fault{"full_from_there_on", ENOSPC, 0}, Fault{"dead_from_there_on", EIO, 0}),
                         testing::PrintToStringParamName());

class FullDisk : public testing::Test {
 protected:
  ~FullDisk() override { failing_disk_mend(); }
  std::string ballast() const { return folder_.path() + "/ballast"; }
  JobId submit(OpenStore& open) {
    auto made = open.submission();
    const JobId id = made.job.id;
    EXPECT_TRUE(open.run(open.store->jobs().submit(std::move(made), OpenStore::soon())).has_value());
    return id;
  }
  // The log has room of its own, which outlasts that of the disk.
  void use_up_log(OpenStore& open) {
    submit(open);
    const auto bytes = [log = folder_.path() + "/soundbite.db-wal"] { return std::filesystem::file_size(log); };
    const auto room = bytes();
    while (bytes() <= room) submit(open);
  }
  void await_ballast() const {
    while (!std::filesystem::exists(ballast())) std::this_thread::yield();
  }

  FaultFolder folder_;
};

TEST_F(FullDisk, refuses_submissions_and_lets_the_ballast_pay_for_a_removal) {
  OpenStore open(folder_.path());
  const JobId first = submit(open);
  const JobId second = submit(open);
  await_ballast();
  use_up_log(open);
  failing_disk_full_while(folder_.path().c_str(), ballast().c_str());
  EXPECT_TRUE(open.run(open.store->jobs().remove(first, {}, OpenStore::soon())).has_value());
  EXPECT_FALSE(std::filesystem::exists(ballast()));
  EXPECT_FALSE(open.store->blobs().has_room());
  EXPECT_EQ(open.run(open.store->jobs().submit(open.submission(), OpenStore::soon())).error().code,
            ErrorCode::storage_full);
  EXPECT_TRUE(open.run(open.store->jobs().get(second, {}, OpenStore::soon())).has_value());
}

TEST_F(FullDisk, takes_submissions_again_when_there_is_room_again) {
  OpenStore open(folder_.path());
  await_ballast();
  use_up_log(open);
  const auto waiting = open.run(open.store->jobs().counts(OpenStore::soon()))->pending;
  const std::string sign = folder_.path() + "/full";
  ASSERT_EQ(::mkdir(sign.c_str(), 0700), 0);
  failing_disk_full_while(folder_.path().c_str(), sign.c_str());
  const auto refused = open.run(open.store->jobs().submit(open.submission(), OpenStore::soon()));
  EXPECT_EQ(refused.error().code, ErrorCode::storage_full);
  auto scratch = open.run(open.store->blobs().scratch(OpenStore::soon()));
  const std::string audio = "audio";
  EXPECT_EQ(scratch->file.write_all(std::as_bytes(std::span(audio))).error().code, ErrorCode::storage_full);
  ASSERT_EQ(::rmdir(sign.c_str()), 0);
  Result<Submitted> taken = fail(ErrorCode::storage_full, "");
  while (!taken) {
    EXPECT_EQ(taken.error().code, ErrorCode::storage_full);
    taken = open.run(open.store->jobs().submit(open.submission(), OpenStore::soon()));
  }
  await_ballast();
  EXPECT_EQ(open.run(open.store->jobs().counts(OpenStore::soon()))->pending, waiting + 1);
}

TEST_F(FullDisk, still_records_what_its_log_has_room_for) {
  OpenStore open(folder_.path());
  const JobId first = submit(open);
  await_ballast();
  const std::string sign = folder_.path() + "/full";
  ASSERT_EQ(::mkdir(sign.c_str(), 0700), 0);
  failing_disk_full_while(folder_.path().c_str(), sign.c_str());
  EXPECT_TRUE(open.run(open.store->jobs().remove(first, {}, OpenStore::soon())).has_value());
  EXPECT_TRUE(std::filesystem::exists(ballast())) << "nothing was needed of it";
}

TEST_F(FullDisk, takes_no_recordings_and_gives_back_the_room_of_those_it_could_not_hold) {
  OpenStore open(folder_.path());
  AcknowledgedRecordings recordings;
  const auto kept = add(open, recordings);
  const auto id = create(open, recordings);
  ASSERT_TRUE(kept && id);
  await_ballast();
  const auto writer = open.run(open.store->uploads().acquire(*id, {}, OpenStore::soon()));
  failing_disk_full_while(folder_.path().c_str(), ballast().c_str());
  const std::string bytes = chunk_of(id->bytes, 0);
  const auto refused = open.run((*writer)->append(std::as_bytes(std::span(bytes)), OpenStore::soon()));
  EXPECT_EQ(refused.error().code, ErrorCode::storage_full);
  EXPECT_EQ((*writer)->upload().offset, 0U);
  EXPECT_EQ((*writer)->bytes().size(), 0U);
  EXPECT_FALSE(open.store->blobs().has_room());
  EXPECT_EQ(open.run(open.store->uploads().create({}, OpenStore::soon())).error().code, ErrorCode::storage_full);
  EXPECT_TRUE(open.run(open.store->files().remove(*kept, {}, OpenStore::soon())).has_value());
}

}  // namespace

}  // namespace soundbite
