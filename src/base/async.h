// The few coroutine pieces that Asio 1.81 lacks. Coroutines run on one io thread per process; blocking work goes to a
// named pool through run_on. Nothing is detached: what is spawned belongs to a TaskGroup.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <expected>
#include <functional>
#include <list>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/time.h"

namespace soundbite {

namespace asio = boost::asio;

template <class T>
using awaitable = asio::awaitable<T>;

// Suspends until the callback given to `start` is called (once, from any thread), and resumes on the caller's executor
// with its value. Not cancellable: the callback must come. Types are erased here and in run_on because all of Asio's
// machinery would otherwise be compiled for each lambda.
template <class T>
awaitable<T> from_callback(std::move_only_function<void(std::move_only_function<void(T)>)> start) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [](auto handler, decltype(start) begin) {
        auto executor = asio::get_associated_executor(handler);
        begin(std::move_only_function<void(T)>(
            [work = asio::make_work_guard(executor), handler = std::move(handler)](T value) mutable {
              const auto resume_on = work.get_executor();
              asio::post(resume_on, [handler = std::move(handler), value = std::move(value)]() mutable {
                std::move(handler)(std::move(value));
              });
            }));
      },
      asio::use_awaitable, std::move(start));
}

// asio::post, for work of any type.
void post_work(asio::thread_pool& pool, std::move_only_function<void()> work);

// Runs the blocking `work` on `pool`, resumes on the caller's executor. What `work` throws is thrown here. Not
// cancellable once begun; what `work` holds is gone before the caller resumes.
template <class Work>
awaitable<std::invoke_result_t<Work&>> run_on(asio::thread_pool& pool, Work work) {
  using T = std::invoke_result_t<Work&>;
  using Outcome = std::expected<T, std::exception_ptr>;
  auto run = [](Work own) -> Outcome {
    try {
      if constexpr (std::is_void_v<T>) {
        own();
        return {};
      } else {
        return Outcome(std::in_place, own());
      }
    } catch (...) {
      return std::unexpected(std::current_exception());
    }
  };
  auto start = [&pool, run, work = std::move(work)](std::move_only_function<void(Outcome)> done) mutable {
    post_work(pool, [run, work = std::move(work), done = std::move(done)]() mutable {
      Outcome outcome = run(std::move(work));  // a statement of its own: at its end the work is gone
      done(std::move(outcome));
    });
  };
  Outcome outcome = co_await from_callback<Outcome>(std::move(start));
  if (!outcome) std::rethrow_exception(std::exchange(outcome.error(), nullptr));
  if constexpr (!std::is_void_v<T>) co_return std::move(*outcome);
}

// True when `thrown` says that a coroutine was cancelled: operation_aborted.
bool is_cancellation(const std::exception_ptr& thrown);

// Waits until `deadline`, or until cancelled (then throws system_error operation_aborted).
inline awaitable<void> sleep_until(Deadline deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline.at());
  co_await timer.async_wait(asio::use_awaitable);
}

// The result of `operation`, or a timeout error when `deadline` passes first; the operation is then cancelled and
// awaited (never begun, when the deadline has passed already). What the operation throws is thrown here.
template <class T>
awaitable<Result<T>> with_deadline(awaitable<Result<T>> operation, Deadline deadline) {
  if (deadline.passed()) co_return fail(ErrorCode::timeout, "the deadline passed");
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline.at());
  // Not `operation || sleep`: that takes an exception for a reason to wait on for the other side.
  auto [order, thrown, result, timer_error] =
      co_await asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(operation), asio::deferred),
                                                       timer.async_wait(asio::deferred))
          .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  const bool late = order[0] == 1 && !timer_error;
  if (thrown && !(late && is_cancellation(thrown))) std::rethrow_exception(std::exchange(thrown, nullptr));
  if (late) co_return fail(ErrorCode::timeout, "the deadline passed");
  co_return std::move(result);
}

// Something that coroutines of one executor wait for; it keeps no state, so a waiter checks its condition before and
// after. Not thread-safe: notify from another thread with asio::post.
class Event {
 public:
  explicit Event(const asio::any_io_executor& executor) : timer_(executor) {
    timer_.expires_at(Deadline::never().at());
  }
  // Wakes everyone who waits now.
  void notify() { timer_.cancel(); }
  // True when notified, false when `deadline` passed. Throws operation_aborted when the coroutine itself was cancelled.
  awaitable<bool> wait(Deadline deadline);

 private:
  asio::steady_timer timer_;
};

// Coroutines that live and end together. All calls inside the executor's one thread (spawn also before it runs); join
// before it is destroyed.
class TaskGroup {
 public:
  explicit TaskGroup(const asio::any_io_executor& executor) : executor_(executor), idle_(executor) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task`. An exception that leaves it, other than operation_aborted, is kept and thrown by join(); the first
  // one wins.
  void spawn(awaitable<void> task);
  // Asks every task to stop at its next suspension, and those spawned from now until join() returns at their first.
  void cancel();
  // Waits until no task runs.
  awaitable<void> join();
  std::size_t running() const { return tasks_.size(); }

 private:
  asio::any_io_executor executor_;
  Event idle_;
  std::list<asio::cancellation_signal> tasks_;
  bool cancelled_ = false;
  std::exception_ptr failure_;
};

}  // namespace soundbite
