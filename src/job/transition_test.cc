#include "job/transition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace soundbite {
namespace {

constexpr Time start{Milliseconds(1'700'000'000'000)};
constexpr Milliseconds lease{30'000};
const RetryPolicy policy;

Job pending_job() {
  Job job;
  job.created_at = job.updated_at = job.due_at = start;
  job.expires_at = start + std::chrono::hours(1);
  return job;
}

Job held_job() { return claim(pending_job(), "worker", start, lease, policy, 0).value(); }

Job job_in(Status status) {
  Job job = status == Status::pending ? pending_job() : held_job();
  if (status == Status::ready) job = complete(job, job.attempt, {}, start).value();
  if (status == Status::failed)
    job = fail_attempt(job, job.attempt, {ErrorCode::invalid, "no"}, start, policy, 0).value();
  if (status == Status::cancelled) job = cancel(job, start).value();
  return job;
}

ErrorCode code_of(const Result<Job>& result) { return result ? ErrorCode::internal : result.error().code; }

struct Legality {
  Status from;
  bool claim, heartbeat, complete, fail, give_back, interrupt, cancel, retry;
};

void PrintTo(const Legality& row, std::ostream* out) { *out << name_of(row.from); }

class Table : public testing::TestWithParam<Legality> {};

TEST_P(Table, allows_exactly_the_listed_steps) {
  const Legality& row = GetParam();
  const Job job = job_in(row.from);
  ASSERT_EQ(job.status, row.from);
  EXPECT_EQ(claim(job, "other", start, lease, policy, 0).has_value(), row.claim);
  EXPECT_EQ(heartbeat(job, job.attempt, 0.5, start, lease).has_value(), row.heartbeat);
  EXPECT_EQ(complete(job, job.attempt, {}, start).has_value(), row.complete);
  EXPECT_EQ(fail_attempt(job, job.attempt, {ErrorCode::internal, ""}, start, policy, 0).has_value(), row.fail);
  EXPECT_EQ(give_back(job, job.attempt, start).has_value(), row.give_back);
  EXPECT_EQ(interrupt(job, start, policy, 0).has_value(), row.interrupt);
  EXPECT_EQ(cancel(job, start).has_value(), row.cancel);
  EXPECT_EQ(retry(job, start, lease).has_value(), row.retry);
}

INSTANTIATE_TEST_SUITE_P(
    Transition, Table,
    testing::Values(Legality{Status::pending, true, false, false, false, false, false, true, false},
                    Legality{Status::processing, false, true, true, true, true, true, true, false},
                    Legality{Status::ready, false, false, false, false, false, false, false, false},
                    Legality{Status::failed, false, false, false, false, false, false, false, true},
                    Legality{Status::cancelled, false, false, false, false, false, false, true, true}));

TEST(Transition, every_legal_step_raises_the_version_once) {
  const Job job = held_job();
  EXPECT_EQ(job.version, 1);
  EXPECT_EQ(heartbeat(job, job.attempt, 0.1, start, lease)->version, 2);
  EXPECT_EQ(complete(job, job.attempt, {}, start)->version, 2);
  EXPECT_EQ(give_back(job, job.attempt, start)->version, 2);
  EXPECT_EQ(cancel(job, start)->version, 2);
}

TEST(Claim, takes_a_pending_job_and_raises_the_attempt) {
  const Job job = held_job();
  EXPECT_EQ(job.status, Status::processing);
  EXPECT_EQ(job.attempt, 1);
  EXPECT_EQ(job.lease, (Lease{"worker", start + lease}));
}

TEST(Claim, refuses_a_second_owner_while_the_lease_lives) {
  EXPECT_EQ(code_of(claim(held_job(), "other", start + lease, lease, policy, 0)), ErrorCode::conflict);
}

TEST(Claim, takes_over_when_the_lease_ran_out_and_counts_an_interruption) {
  const auto job = claim(held_job(), "other", start + lease + Milliseconds(1), lease, policy, 0.9);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->attempt, 2);
  EXPECT_EQ(job->interruptions, 1);
  EXPECT_EQ(job->attempts, 0);
  EXPECT_EQ(job->lease->owner, "other");
}

TEST(Claim, waits_until_the_job_is_due) {
  Job job = pending_job();
  job.due_at = start + Milliseconds(5);
  EXPECT_EQ(code_of(claim(job, "w", start, lease, policy, 0)), ErrorCode::conflict);
  EXPECT_TRUE(claim(job, "w", start + Milliseconds(5), lease, policy, 0));
}

TEST(Claim, buries_a_job_that_was_interrupted_too_often) {
  Job job = held_job();
  job.interruptions = policy.max_interruptions;
  const auto claimed = claim(job, "w", start + lease + Milliseconds(1), lease, policy, 0);
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->status, Status::failed);
  EXPECT_TRUE(claimed->dead_lettered);
  EXPECT_EQ(claimed->error->type->name, "interrupted");
}

TEST(Fence, refuses_every_word_of_an_attempt_that_was_overtaken) {
  const Job first = held_job();
  const Job second = claim(first, "other", start + lease + Milliseconds(1), lease, policy, 0).value();
  EXPECT_EQ(code_of(heartbeat(second, first.attempt, 0.5, start, lease)), ErrorCode::conflict);
  EXPECT_EQ(code_of(complete(second, first.attempt, {}, start)), ErrorCode::conflict);
  EXPECT_EQ(code_of(fail_attempt(second, first.attempt, {}, start, policy, 0)), ErrorCode::conflict);
  EXPECT_EQ(code_of(give_back(second, first.attempt, start)), ErrorCode::conflict);
}

TEST(Heartbeat, extends_the_lease_and_never_takes_progress_back) {
  Job job = heartbeat(held_job(), 1, 0.6, start + Milliseconds(10'000), lease).value();
  EXPECT_EQ(job.lease->until, start + Milliseconds(40'000));
  job = heartbeat(job, 1, 0.4, start + Milliseconds(11'000), lease).value();
  EXPECT_DOUBLE_EQ(job.progress, 0.6);
}

TEST(FailAttempt, tries_a_passing_failure_again_after_a_backoff_and_buries_the_third) {
  Job job = pending_job();
  for (int failure = 1; failure <= 2; ++failure) {
    job = claim(job, "w", job.due_at, lease, policy, 0).value();
    job = fail_attempt(job, job.attempt, {ErrorCode::unavailable, "gone"}, start, policy, 0.5).value();
    EXPECT_EQ(job.status, Status::pending);
    EXPECT_EQ(job.attempts, failure);
    EXPECT_EQ(job.due_at, start + backoff(policy, failure, 0.5));
  }
  job = claim(job, "w", job.due_at, lease, policy, 0).value();
  job = fail_attempt(job, job.attempt, {ErrorCode::unavailable, "gone"}, start, policy, 0.5).value();
  EXPECT_EQ(job.status, Status::failed);
  EXPECT_TRUE(job.dead_lettered);
}

TEST(FailAttempt, fails_a_wrong_input_at_once_and_does_not_bury_it) {
  const auto job = fail_attempt(
      held_job(), 1, {ErrorCode::invalid, "no such voice", {{"/voiceId", "unknown_voice", "", {}}}}, start, policy, 0);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->status, Status::failed);
  EXPECT_FALSE(job->dead_lettered);
  EXPECT_EQ(job->error->type->name, "validation-failed");
}

TEST(FailAttempt, counts_nothing_when_the_disk_is_full) {
  const auto job = fail_attempt(held_job(), 1, {ErrorCode::storage_full, "full"}, start, policy, 0.5);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->status, Status::pending);
  EXPECT_EQ(job->attempts, 0);
  EXPECT_EQ(job->interruptions, 0);
  EXPECT_GT(job->due_at, start);
}

TEST(GiveBack, counts_nothing_and_is_due_now) {
  const auto job = give_back(held_job(), 1, start + Milliseconds(7));
  ASSERT_TRUE(job);
  EXPECT_EQ(job->status, Status::pending);
  EXPECT_EQ(job->attempts + job->interruptions, 0);
  EXPECT_EQ(job->due_at, start + Milliseconds(7));
}

TEST(Interrupt, returns_at_once_the_first_time_and_slower_later) {
  const Job first = interrupt(held_job(), start, policy, 0.5).value();
  EXPECT_EQ(first.due_at, start);
  const Job second = interrupt(claim(first, "w", start, lease, policy, 0).value(), start, policy, 0.5).value();
  EXPECT_EQ(second.due_at, start + backoff(policy, 1, 0.5));
  EXPECT_EQ(second.interruptions, 2);
}

TEST(Cancel, is_the_same_job_the_second_time) {
  const Job once = cancel(pending_job(), start).value();
  EXPECT_EQ(cancel(once, start + Milliseconds(9)).value(), once);
}

TEST(Retry, starts_over_with_a_new_life) {
  const Job job = retry(job_in(Status::failed), start + Milliseconds(50), std::chrono::hours(2)).value();
  EXPECT_EQ(job.status, Status::pending);
  EXPECT_EQ(job.attempts, 0);
  EXPECT_EQ(job.attempt, 1) << "the fence must not fall back: keys of blobs hold it";
  EXPECT_FALSE(job.error);
  EXPECT_EQ(job.expires_at, start + Milliseconds(50) + std::chrono::hours(2));
}

TEST(Backoff, doubles_up_to_the_cap_and_is_scaled_by_the_jitter) {
  EXPECT_EQ(backoff(policy, 1, 0.5), Milliseconds(500));
  EXPECT_EQ(backoff(policy, 3, 0.5), Milliseconds(2'000));
  EXPECT_EQ(backoff(policy, 50, 0.5), Milliseconds(30'000));
  EXPECT_EQ(backoff(policy, 3, 0), Milliseconds(0));
}

}  // namespace
}  // namespace soundbite
