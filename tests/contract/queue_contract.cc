// Hints that there is work.
#include "tests/contract/contract.h"

namespace soundbite {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class QueueContract : public Contract {
 protected:
  std::vector<Message> receive(std::size_t limit, Deadline deadline = Deadline::in(Milliseconds(20))) {
    return must(queue().receive(limit, deadline));
  }
  static std::vector<JobId> ids_of(const std::vector<Message>& messages) {
    std::vector<JobId> ids;
    for (const auto& message : messages) ids.push_back(message.id);
    return ids;
  }
};

TEST_P(QueueContract, is_empty_when_there_is_no_work) { EXPECT_THAT(receive(10), IsEmpty()); }

TEST_P(QueueContract, gives_due_jobs_oldest_first_and_no_more_than_asked) {
  const JobId first = submit();
  clock_.advance(Seconds(1));
  const JobId second = submit();
  clock_.advance(Seconds(1));
  submit();
  EXPECT_THAT(ids_of(receive(2)), ElementsAre(first, second));
}

TEST_P(QueueContract, keeps_back_what_is_not_due) {
  auto made = submission();
  made.job.due_at = clock_.now() + Seconds(60);
  const JobId id = submit(std::move(made));
  EXPECT_THAT(receive(10), IsEmpty());
  clock_.advance(Seconds(60));
  EXPECT_THAT(ids_of(receive(10)), ElementsAre(id));
}

TEST_P(QueueContract, does_not_give_settled_or_held_jobs) {
  claim(submit());
  make_ready(submit());
  must(jobs().cancel(submit(), {}, soon()));
  EXPECT_THAT(receive(10), IsEmpty());
}

TEST_P(QueueContract, wakes_a_receiver_when_work_comes) {
  std::vector<Message> got;
  spawn([](JobQueue& from, std::vector<Message>& out) -> awaitable<void> {
    out = (co_await from.receive(10, soon())).value();
  }(queue(), got));
  const JobId id = submit();
  EXPECT_THAT(ids_of(got), ElementsAre(id));
}

TEST_P(QueueContract, wakes_a_receiver_when_a_retried_job_becomes_due) {
  const Job held = claim(submit()).job;
  auto due = must(jobs().fail_attempt(held.id, held.attempt, {ErrorCode::unavailable, "x"}, soon())).due_at;
  clock_.set(due);
  EXPECT_THAT(ids_of(receive(1, soon())), ElementsAre(held.id));
}

TEST_P(QueueContract, gives_a_job_to_one_receiver_at_a_time) {
  for (int i = 0; i < 10; ++i) submit();
  std::vector<JobId> got;
  for (int i = 0; i < 20; ++i) {
    spawn([](JobQueue& from, std::vector<JobId>& out) -> awaitable<void> {
      for (const auto& message : (co_await from.receive(1, Deadline::in(Milliseconds(50)))).value()) {
        out.push_back(message.id);
      }
    }(queue(), got));
  }
  finish();
  std::ranges::sort(got);
  EXPECT_EQ(got.size(), 10U);
  EXPECT_EQ(std::ranges::adjacent_find(got), got.end());
}

TEST_P(QueueContract, gives_a_job_again_that_was_acknowledged_but_is_still_pending) {
  const JobId id = submit();
  const auto messages = receive(1);
  EXPECT_THAT(receive(1), IsEmpty());
  must(queue().acknowledge(messages.front(), soon()));
  EXPECT_THAT(ids_of(receive(1)), ElementsAre(id));
}

TEST_P(QueueContract, gives_a_job_again_that_was_given_back) {
  const JobId id = submit();
  const auto messages = receive(1);
  const Job held = claim(id).job;
  must(jobs().give_back(id, held.attempt, soon()));
  must(queue().acknowledge(messages.front(), soon()));
  EXPECT_THAT(ids_of(receive(1)), ElementsAre(id));
}

TEST_P(QueueContract, gives_a_job_again_whose_receiver_was_lost) {
  const JobId id = submit();
  receive(1);
  clock_.advance(Milliseconds(30'001));
  EXPECT_THAT(ids_of(receive(1)), ElementsAre(id));
}

TEST_P(QueueContract, keeps_a_message_from_others_for_as_long_as_it_is_extended) {
  submit();
  const auto message = receive(1).front();
  clock_.advance(Milliseconds(29'000));
  must(queue().extend(message, Milliseconds(30'000), soon()));
  clock_.advance(Milliseconds(29'000));
  EXPECT_THAT(receive(1), IsEmpty());
}

TEST_P(QueueContract, lets_a_late_acknowledgement_free_nothing_of_the_next_receiver) {
  submit();
  const auto lost = receive(1).front();
  clock_.advance(Milliseconds(30'001));
  EXPECT_EQ(receive(1).size(), 1U);
  must(queue().acknowledge(lost, soon()));
  EXPECT_THAT(receive(1), IsEmpty());
}

TEST_P(QueueContract, loses_no_job_over_a_restart) {
  const JobId id = submit();
  receive(1);
  reopen();
  EXPECT_THAT(ids_of(receive(1)), ElementsAre(id));
}

TEST_P(QueueContract, stops_waiting_when_cancelled) {
  TaskGroup tasks(io.get_executor());
  bool answered = false;
  tasks.spawn([](JobQueue& from, bool& out) -> awaitable<void> {
    co_await from.receive(1, Deadline::never());
    out = true;
  }(queue(), answered));
  spawn([](TaskGroup& group) -> awaitable<void> {
    asio::steady_timer moment(co_await asio::this_coro::executor, Milliseconds(5));
    co_await moment.async_wait(asio::use_awaitable);
    group.cancel();
    co_await group.join();
  }(tasks));
  finish();
  EXPECT_FALSE(answered);
}

RUN_AGAINST_ALL_ADAPTERS(QueueContract);

}  // namespace

}  // namespace soundbite
