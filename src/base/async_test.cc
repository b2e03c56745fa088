#include "base/async.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace soundbite {
namespace {

using namespace std::chrono_literals;

// Long enough that a test that waits for it has failed; nobody waits for it when all is well.
constexpr auto far = 1h;

// Runs `body` to its end on one io thread; what it throws is thrown here.
template <class Body>
void run(Body body) {
  asio::io_context io;
  std::exception_ptr thrown;
  asio::co_spawn(io, body(io), [&](const std::exception_ptr& error) { thrown = error; });
  io.run();
  if (thrown) std::rethrow_exception(thrown);
}

awaitable<void> forever() { co_await sleep_until(Deadline::never()); }

// Notes the end of a coroutine, however it comes.
struct Ended {
  bool& flag;
  ~Ended() { flag = true; }
};

awaitable<void> wait_and_note(bool& ended) {
  const Ended note{ended};
  co_await forever();
}

// Lets everything that is ready run.
awaitable<void> turn() {
  for (int i = 0; i < 10; ++i) co_await asio::post(asio::use_awaitable);
}

TEST(FromCallback, resumes_on_its_own_thread_with_a_value_from_another) {
  run([](asio::io_context&) -> awaitable<void> {
    const auto home = std::this_thread::get_id();
    std::jthread other;
    auto value = co_await from_callback<std::unique_ptr<int>>([&](auto done) {
      other = std::jthread([done = std::move(done)]() mutable { done(std::make_unique<int>(7)); });
    });
    EXPECT_EQ(*value, 7);
    EXPECT_EQ(std::this_thread::get_id(), home);
  });
}

TEST(FromCallback, may_be_called_back_at_once) {
  run([](asio::io_context&) -> awaitable<void> {
    EXPECT_EQ(co_await from_callback<std::string>([](auto done) { done("now"); }), "now");
  });
}

TEST(RunOn, works_on_the_pool_and_comes_back) {
  asio::thread_pool pool(1);
  run([&](asio::io_context&) -> awaitable<void> {
    const auto home = std::this_thread::get_id();
    const auto there = co_await run_on(pool, [] { return std::this_thread::get_id(); });
    EXPECT_NE(there, home);
    EXPECT_EQ(std::this_thread::get_id(), home);
  });
}

TEST(RunOn, takes_work_that_returns_nothing_or_a_result) {
  asio::thread_pool pool(1);
  run([&](asio::io_context&) -> awaitable<void> {
    int done = 0;
    co_await run_on(pool, [&] { ++done; });
    EXPECT_EQ(done, 1);
    const Result<int> failed = co_await run_on(pool, []() -> Result<int> { return fail(ErrorCode::corrupt, "bad"); });
    EXPECT_EQ(failed.error().code, ErrorCode::corrupt);
  });
}

TEST(RunOn, throws_what_the_work_throws) {
  asio::thread_pool pool(1);
  run([&](asio::io_context&) -> awaitable<void> {
    std::string what;
    try {
      co_await run_on(pool, []() -> int { throw std::runtime_error("broken"); });
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "broken");
  });
}

TEST(RunOn, has_destroyed_the_work_before_the_caller_goes_on) {
  asio::thread_pool pool(1);
  run([&](asio::io_context&) -> awaitable<void> {
    for (int i = 0; i < 200; ++i) {
      auto held = std::make_shared<int>(i);
      co_await run_on(pool, [copy = held] { return *copy; });
      EXPECT_EQ(held.use_count(), 1);
    }
  });
}

TEST(RunOn, does_not_begin_for_a_caller_that_was_cancelled) {
  asio::thread_pool pool(1);
  std::atomic<bool> begun = false;
  run([&](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    auto task = [&]() -> awaitable<void> {
      try {
        co_await forever();
      } catch (const boost::system::system_error&) {
      }
      co_await run_on(pool, [&] { begun = true; });
    };
    group.spawn(task());
    group.cancel();
    co_await group.join();
  });
  pool.join();
  EXPECT_FALSE(begun);
}

TEST(WithDeadline, gives_the_result_that_comes_in_time) {
  run([](asio::io_context&) -> awaitable<void> {
    auto operation = []() -> awaitable<Result<std::string>> {
      co_await turn();
      co_return "in time";
    };
    EXPECT_EQ(co_await with_deadline(operation(), Deadline::in(far)), "in time");
    EXPECT_EQ(co_await with_deadline(operation(), Deadline::never()), "in time");
  });
}

TEST(WithDeadline, hands_on_the_error_of_the_operation) {
  run([](asio::io_context&) -> awaitable<void> {
    auto operation = []() -> awaitable<Result<void>> { co_return fail(ErrorCode::conflict, "held"); };
    const auto result = co_await with_deadline(operation(), Deadline::in(far));
    EXPECT_EQ(result.error().code, ErrorCode::conflict);
  });
}

TEST(WithDeadline, cancels_what_is_late_and_waits_for_its_end) {
  run([](asio::io_context&) -> awaitable<void> {
    bool ended = false;
    auto operation = [&]() -> awaitable<Result<int>> {
      co_await wait_and_note(ended);
      co_return 1;
    };
    const auto result = co_await with_deadline(operation(), Deadline::in(1ms));
    EXPECT_EQ(result.error().code, ErrorCode::timeout);
    EXPECT_TRUE(ended);
  });
}

TEST(WithDeadline, waits_for_blocking_work_that_it_cannot_cancel) {
  asio::thread_pool pool(1);
  run([&](asio::io_context&) -> awaitable<void> {
    std::atomic<bool> finished = false;
    const Deadline deadline = Deadline::in(1ms);
    auto operation = [&]() -> awaitable<Result<int>> {
      co_return co_await run_on(pool, [&]() -> Result<int> {
        while (!deadline.passed()) std::this_thread::yield();
        finished = true;
        return 1;
      });
    };
    static_cast<void>(co_await with_deadline(operation(), deadline));
    EXPECT_TRUE(finished);
  });
}

TEST(WithDeadline, does_not_begin_what_is_late_already) {
  run([](asio::io_context&) -> awaitable<void> {
    bool begun = false;
    auto operation = [&]() -> awaitable<Result<int>> {
      begun = true;
      co_return 1;
    };
    const auto result = co_await with_deadline(operation(), Deadline::in(-1ms));
    EXPECT_EQ(result.error().code, ErrorCode::timeout);
    EXPECT_FALSE(begun);
  });
}

TEST(WithDeadline, throws_what_the_operation_throws_without_waiting_for_the_deadline) {
  run([](asio::io_context&) -> awaitable<void> {
    auto operation = []() -> awaitable<Result<int>> {
      co_await turn();
      throw std::logic_error("a bug");
    };
    bool thrown = false;
    try {
      static_cast<void>(co_await with_deadline(operation(), Deadline::never()));
    } catch (const std::logic_error&) {
      thrown = true;
    }
    EXPECT_TRUE(thrown);
  });
}

TEST(WithDeadline, that_is_cancelled_from_outside_ends_as_cancelled) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    bool ended = false;
    bool cancelled = false;
    auto operation = [&]() -> awaitable<Result<int>> {
      co_await wait_and_note(ended);
      co_return 1;
    };
    auto task = [&]() -> awaitable<void> {
      try {
        static_cast<void>(co_await with_deadline(operation(), Deadline::in(far)));
      } catch (...) {
        cancelled = is_cancellation(std::current_exception());
      }
    };
    group.spawn(task());
    co_await turn();
    group.cancel();
    co_await group.join();
    EXPECT_TRUE(ended);
    EXPECT_TRUE(cancelled);
  });
}

TEST(Event, wakes_everyone_who_waits_and_nobody_who_comes_later) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    Event event(io.get_executor());
    int woken = 0;
    auto waiter = [&](Deadline deadline) -> awaitable<void> {
      if (co_await event.wait(deadline)) ++woken;
    };
    group.spawn(waiter(Deadline::never()));
    group.spawn(waiter(Deadline::in(far)));
    co_await turn();
    event.notify();
    co_await group.join();
    EXPECT_EQ(woken, 2);
    EXPECT_FALSE(co_await event.wait(Deadline::in(1ms)));
  });
}

TEST(Event, may_be_destroyed_once_it_has_notified) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    auto event = std::make_unique<Event>(io.get_executor());
    bool woken = false;
    auto waiter = [&]() -> awaitable<void> { woken = co_await event->wait(Deadline::in(far)); };
    group.spawn(waiter());
    co_await turn();
    event->notify();
    event.reset();
    co_await group.join();
    EXPECT_TRUE(woken);
  });
}

TEST(Event, tells_cancellation_from_notification) {
  for (const Deadline deadline : {Deadline::never(), Deadline::in(far)}) {
    run([&](asio::io_context& io) -> awaitable<void> {
      TaskGroup group(io.get_executor());
      Event event(io.get_executor());
      bool returned = false;
      auto waiter = [&]() -> awaitable<void> {
        co_await event.wait(deadline);
        returned = true;
      };
      group.spawn(waiter());
      co_await turn();
      group.cancel();
      co_await group.join();
      EXPECT_FALSE(returned);
    });
  }
}

TEST(TaskGroup, waits_for_all_its_tasks) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    int done = 0;
    auto task = [&](int turns) -> awaitable<void> {
      for (int i = 0; i < turns; ++i) co_await turn();
      ++done;
    };
    for (int i = 0; i < 20; ++i) group.spawn(task(i));
    EXPECT_EQ(group.running(), 20U);
    co_await group.join();
    EXPECT_EQ(done, 20);
    EXPECT_EQ(group.running(), 0U);
  });
}

TEST(TaskGroup, with_no_tasks_is_joined_at_once) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    co_await group.join();
  });
}

TEST(TaskGroup, cancels_every_task_and_takes_that_for_no_failure) {
  run([](asio::io_context& io) -> awaitable<void> {
    using namespace asio::experimental::awaitable_operators;
    TaskGroup group(io.get_executor());
    std::vector<std::unique_ptr<bool>> ended;
    for (int i = 0; i < 10; ++i) group.spawn(wait_and_note(*ended.emplace_back(std::make_unique<bool>(false))));
    auto both = []() -> awaitable<void> { co_await (forever() || forever()); };
    group.spawn(both());
    co_await turn();
    group.cancel();
    co_await group.join();
    for (const auto& flag : ended) EXPECT_TRUE(*flag);
  });
}

TEST(TaskGroup, stops_a_task_that_is_spawned_after_the_cancel) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    bool ended = false;
    group.cancel();
    group.spawn(wait_and_note(ended));
    co_await group.join();
    EXPECT_TRUE(ended);
  });
}

TEST(TaskGroup, can_be_used_again_after_the_join) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    group.cancel();
    co_await group.join();
    bool finished = false;
    auto task = [&]() -> awaitable<void> {
      co_await turn();
      finished = true;
    };
    group.spawn(task());
    co_await group.join();
    EXPECT_TRUE(finished);
  });
}

TEST(TaskGroup, throws_the_first_failure_from_join_and_only_once) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    auto task = [](const char* what) -> awaitable<void> {
      co_await turn();
      throw std::runtime_error(what);
    };
    group.spawn(task("first"));
    group.spawn(task("second"));
    std::string what;
    try {
      co_await group.join();
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    EXPECT_EQ(what, "first");
    EXPECT_EQ(group.running(), 0U);
    co_await group.join();
  });
}

TEST(TaskGroup, lets_a_task_spawn_another_and_waits_for_it_too) {
  run([](asio::io_context& io) -> awaitable<void> {
    TaskGroup group(io.get_executor());
    bool inner_done = false;
    auto inner = [&]() -> awaitable<void> {
      co_await turn();
      inner_done = true;
    };
    auto outer = [&]() -> awaitable<void> {
      co_await turn();
      group.spawn(inner());
    };
    group.spawn(outer());
    co_await group.join();
    EXPECT_TRUE(inner_done);
  });
}

TEST(TaskGroup, may_end_before_the_loop_that_its_tasks_wait_in) {
  bool ended = false;
  {
    asio::io_context io;
    TaskGroup group(io.get_executor());
    group.spawn(wait_and_note(ended));
    io.run_for(1ms);
    EXPECT_EQ(group.running(), 1U);
  }  // the process stops here without a join
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace soundbite
