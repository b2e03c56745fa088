// The disk refuses the first call, the second, … until a whole round passes without a refusal. Whatever it refused: the
// error is one that callers know, nothing acknowledged is lost, and the folder works again when the disk does.
#include <gmock/gmock.h>

#include <cerrno>

#include "tests/fault/failing_disk.h"
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

struct Fault {
  std::string name;
  int error;
  long count;  // 0: from the first refusal on, all
};

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
    failing_disk_fail(folder.path().c_str(), GetParam().error, nth, GetParam().count);
    {
      OpenStore open(folder.path());
      if (open.error) {
        expect_clean(*open.error);
        EXPECT_THAT(open.error->message, testing::HasSubstr(folder.path()));
        EXPECT_THAT(open.error->message, testing::Not(testing::HasSubstr("\n")));
      } else {
        play(open, acknowledged);
        open.store->close();
      }
    }
    refused = failing_disk_failures();
    failing_disk_mend();
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
                         [](const testing::TestParamInfo<Fault>& named) { return named.param.name; });

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
  submit(open);
  await_ballast();
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
  EXPECT_EQ(open.run(open.store->jobs().counts(OpenStore::soon()))->pending, 2);
}

}  // namespace

}  // namespace soundbite
