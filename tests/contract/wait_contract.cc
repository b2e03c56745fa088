// Waiting for a job to change.
#include <boost/asio/steady_timer.hpp>

#include "tests/contract/contract.h"

namespace soundbite {

namespace {

class WaitContract : public Contract {
 protected:
  // Waits, and notes what came of it.
  awaitable<void> wait_for_change(JobId id, std::int64_t seen, std::optional<Result<Job>>& answer) {
    answer = co_await jobs().wait(id, {}, seen, soon());
  }
};

TEST_P(WaitContract, answers_at_once_when_the_job_has_changed_already) {
  const JobId id = submit();
  EXPECT_EQ(must(jobs().wait(id, {}, 99, soon())).id, id);
}

TEST_P(WaitContract, answers_with_the_job_as_it_is_when_the_deadline_passes) {
  const JobId id = submit();
  EXPECT_EQ(must(jobs().wait(id, {}, 0, Deadline::in(Milliseconds(5)))).status, Status::pending);
  EXPECT_EQ(must(jobs().wait(id, {}, 0, passed())).status, Status::pending);
}

TEST_P(WaitContract, wakes_every_waiter_of_the_job_when_it_changes) {
  const JobId id = submit();
  std::optional<Result<Job>> first;
  std::optional<Result<Job>> second;
  spawn(wait_for_change(id, 0, first));
  spawn(wait_for_change(id, 0, second));
  must(jobs().cancel(id, {}, soon()));
  EXPECT_EQ((*first)->status, Status::cancelled);
  EXPECT_EQ((*second)->status, Status::cancelled);
}

TEST_P(WaitContract, wakes_when_the_job_is_removed) {
  const JobId id = submit();
  std::optional<Result<Job>> answer;
  spawn(wait_for_change(id, 0, answer));
  must(jobs().remove(id, {}, soon()));
  EXPECT_EQ(answer->error().code, ErrorCode::not_found);
}

TEST_P(WaitContract, does_not_wake_for_other_jobs) {
  const JobId id = submit();
  const JobId other = submit();
  std::optional<Result<Job>> answer;
  spawn([](JobStore& store, JobId job, std::optional<Result<Job>>& out) -> awaitable<void> {
    out = co_await store.wait(job, {}, 0, Deadline::in(Milliseconds(30)));
  }(jobs(), id, answer));
  must(jobs().cancel(other, {}, soon()));
  EXPECT_EQ((*answer)->version, 0);
}

TEST_P(WaitContract, misses_no_change_of_a_job_in_motion) {
  const JobId id = submit();
  std::vector<std::int64_t> seen{0};
  spawn([](JobStore& store, JobId job, std::vector<std::int64_t>& versions) -> awaitable<void> {
    while (true) {
      const auto now = (co_await store.wait(job, {}, versions.back(), soon())).value();
      versions.push_back(now.version);
      if (settled(now.status)) co_return;
    }
  }(jobs(), id, seen));
  spawn([](JobStore& store, JobId job) -> awaitable<void> {
    const auto held = (co_await store.claim(job, "w", soon())).value();
    for (int i = 1; i <= 50; ++i) {
      EXPECT_TRUE((co_await store.heartbeat(job, held.job.attempt, i / 50.0, soon())).has_value());
    }
    EXPECT_TRUE((co_await store.complete(job, held.job.attempt, output_of(held.job), soon())).has_value());
  }(jobs(), id));
  finish();
  EXPECT_EQ(seen.back(), 52);
}

TEST_P(WaitContract, ends_at_once_when_cancelled) {
  const JobId id = submit();
  TaskGroup tasks(io.get_executor());
  bool answered = false;
  tasks.spawn([](JobStore& store, JobId job, bool& out) -> awaitable<void> {
    co_await store.wait(job, {}, 0, Deadline::never());
    out = true;
  }(jobs(), id, answered));
  spawn([](TaskGroup& group) -> awaitable<void> {
    asio::steady_timer moment(co_await asio::this_coro::executor, Milliseconds(5));
    co_await moment.async_wait(asio::use_awaitable);
    group.cancel();
    co_await group.join();
  }(tasks));
  finish();
  EXPECT_FALSE(answered);
}

RUN_AGAINST_ALL_ADAPTERS(WaitContract);

}  // namespace

}  // namespace soundbite
