// Who may work on a job, and who no longer.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

class ClaimContract : public Contract {
 protected:
  static constexpr Milliseconds past_the_lease{30'001};

  // What the owner of `attempt` is told by each verb that needs the hold.
  void expect_fenced(const Job& job, std::int64_t attempt) {
    EXPECT_EQ(error_of(jobs().heartbeat(job.id, attempt, 0.5, soon())), ErrorCode::conflict);
    EXPECT_EQ(error_of(jobs().complete(job.id, attempt, output_of(job), soon())), ErrorCode::conflict);
    EXPECT_EQ(error_of(jobs().fail_attempt(job.id, attempt, {ErrorCode::invalid, "x"}, soon())), ErrorCode::conflict);
    EXPECT_EQ(error_of(jobs().give_back(job.id, attempt, soon())), ErrorCode::conflict);
  }
};

TEST_P(ClaimContract, gives_a_lease_and_a_new_attempt) {
  const JobId id = submit();
  const Job held = claim(id, "worker-1").job;
  EXPECT_EQ(held.status, Status::processing);
  EXPECT_EQ(held.attempt, 1);
  EXPECT_EQ(held.lease, (Lease{"worker-1", clock_.now() + Milliseconds(30'000)}));
  EXPECT_EQ(must(jobs().get(id, {}, soon())), held);
}

TEST_P(ClaimContract, tells_an_unknown_job) {
  EXPECT_EQ(error_of(jobs().claim(submission().job.id, "w", soon())), ErrorCode::not_found);
}

TEST_P(ClaimContract, refuses_a_second_owner_while_the_lease_lives) {
  const JobId id = submit();
  claim(id);
  clock_.advance(Milliseconds(29'999));
  EXPECT_EQ(error_of(jobs().claim(id, "worker-2", soon())), ErrorCode::conflict);
}

TEST_P(ClaimContract, lets_exactly_one_of_many_concurrent_claims_win) {
  const JobId id = submit();
  int won = 0;
  int refused = 0;
  for (int i = 0; i < 16; ++i) {
    spawn([](JobStore& store, JobId job, int number, int& yes, int& no) -> awaitable<void> {
      const auto answer = co_await store.claim(job, "worker-" + std::to_string(number), soon());
      if (!answer) EXPECT_EQ(answer.error().code, ErrorCode::conflict);
      ++(answer ? yes : no);
    }(jobs(), id, i, won, refused));
  }
  finish();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 15);
  EXPECT_EQ(must(jobs().get(id, {}, soon())).attempt, 1);
}

TEST_P(ClaimContract, gives_a_lapsed_lease_to_another_and_fences_the_first_owner_out) {
  const JobId id = submit();
  const Job first = claim(id, "worker-1").job;
  clock_.advance(past_the_lease);
  const Job second = claim(id, "worker-2").job;
  EXPECT_EQ(second.attempt, 2);
  EXPECT_EQ(second.interruptions, 1);
  EXPECT_EQ(second.attempts, 0);
  expect_fenced(first, first.attempt);
  EXPECT_EQ(must(jobs().complete(id, second.attempt, output_of(second), soon())).output, output_of(second));
}

TEST_P(ClaimContract, fences_an_owner_out_whom_the_sweep_found_late) {
  const Job first = claim(submit()).job;
  clock_.advance(past_the_lease);
  EXPECT_EQ(must(jobs().sweep(10, soon())).interrupted, 1U);
  expect_fenced(first, first.attempt);
}

TEST_P(ClaimContract, fences_the_owner_of_a_cancelled_job_out) {
  const Job held = claim(submit()).job;
  must(jobs().cancel(held.id, {}, soon()));
  expect_fenced(held, held.attempt);
}

TEST_P(ClaimContract, keeps_a_lease_alive_by_heartbeats_that_record_progress) {
  const Job held = claim(submit()).job;
  for (int i = 1; i <= 4; ++i) {
    clock_.advance(Milliseconds(20'000));
    must(jobs().heartbeat(held.id, held.attempt, 0.2 * i, soon()));
  }
  EXPECT_EQ(must(jobs().sweep(10, soon())).interrupted, 0U);
  EXPECT_DOUBLE_EQ(must(jobs().get(held.id, {}, soon())).progress, 0.8);
}

TEST_P(ClaimContract, refuses_a_job_before_it_is_due) {
  auto made = submission();
  made.job.due_at = clock_.now() + Seconds(5);
  const JobId id = submit(std::move(made));
  EXPECT_EQ(error_of(jobs().claim(id, "w", soon())), ErrorCode::conflict);
  clock_.advance(Seconds(5));
  claim(id);
}

TEST_P(ClaimContract, refuses_settled_jobs) {
  const JobId id = submit();
  make_ready(id);
  EXPECT_EQ(error_of(jobs().claim(id, "w", soon())), ErrorCode::conflict);
}

TEST_P(ClaimContract, fails_the_job_that_loses_one_lease_too_many) {
  const JobId id = submit();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(claim(id).job.status, Status::processing);
    clock_.advance(past_the_lease);
  }
  const Job failed = claim(id).job;
  EXPECT_EQ(failed.status, Status::failed);
  EXPECT_TRUE(failed.dead_lettered);
  EXPECT_EQ(must(jobs().get(id, {}, soon())), failed);
}

TEST_P(ClaimContract, keeps_the_output_of_a_completed_job) {
  const JobId id = submit();
  const Job ready = make_ready(id);
  EXPECT_EQ(ready.status, Status::ready);
  reopen();
  EXPECT_EQ(must(jobs().get(id, {}, soon())), ready);
}

TEST_P(ClaimContract, tries_a_failed_attempt_again_after_a_pause_and_counts_it) {
  const Job held = claim(submit()).job;
  const Job after = must(jobs().fail_attempt(held.id, held.attempt, {ErrorCode::unavailable, "no luck"}, soon()));
  EXPECT_EQ(after.status, Status::pending);
  EXPECT_EQ(after.attempts, 1);
  ASSERT_TRUE(after.error.has_value());
  reopen();
  EXPECT_EQ(must(jobs().get(held.id, {}, soon())), after);
}

TEST_P(ClaimContract, fails_a_wrong_input_at_once_and_keeps_it_out_of_the_dead_letters) {
  const Job held = claim(submit()).job;
  const Job after = must(jobs().fail_attempt(held.id, held.attempt, {ErrorCode::invalid, "no such voice"}, soon()));
  EXPECT_EQ(after.status, Status::failed);
  EXPECT_FALSE(after.dead_lettered);
  EXPECT_TRUE(must(jobs().dead_letters({}, soon())).jobs.empty());
}

TEST_P(ClaimContract, counts_nothing_when_the_disk_was_full_or_the_job_was_given_back) {
  const Job held = claim(submit()).job;
  must(jobs().fail_attempt(held.id, held.attempt, {ErrorCode::storage_full, "full"}, soon()));
  clock_.advance(std::chrono::minutes(2));
  const Job again = claim(held.id).job;
  const Job back = must(jobs().give_back(held.id, again.attempt, soon()));
  EXPECT_EQ(back.status, Status::pending);
  EXPECT_EQ(back.attempts, 0);
  EXPECT_EQ(back.interruptions, 0);
  EXPECT_EQ(claim(held.id).job.attempt, 3);
}

TEST_P(ClaimContract, does_not_work_on_an_expired_record) {
  const Job held = claim(submit()).job;
  clock_.advance(std::chrono::days(30));
  EXPECT_EQ(error_of(jobs().heartbeat(held.id, held.attempt, 0.5, soon())), ErrorCode::not_found);
  EXPECT_EQ(error_of(jobs().claim(held.id, "w", soon())), ErrorCode::not_found);
}

RUN_AGAINST_ALL_ADAPTERS(ClaimContract);

}  // namespace

}  // namespace soundbite
