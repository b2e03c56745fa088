// The few coroutine pieces that Asio 1.81 lacks. Coroutines run on one io thread per process; blocking work goes to a
// named pool through run_on. Nothing is detached: what is spawned belongs to a TaskGroup.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <list>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"
#include "base/time.h"

namespace soundbite {

namespace asio = boost::asio;

template <class T>
using awaitable = asio::awaitable<T>;

// Suspends until the callback given to `start` is called (once, from any thread), and resumes on the caller's executor
// with its value. Not cancellable: the callback must come.
template <class T, class Start>
awaitable<T> from_callback(Start start) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      [](auto handler, Start begin) {
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

// Runs the blocking `work` on `pool`, resumes on the caller's executor. What `work` throws is thrown here.
template <class Work>
awaitable<std::invoke_result_t<Work&>> run_on(asio::thread_pool& pool, Work work) {
  using T = std::invoke_result_t<Work&>;
  struct Done {
    std::optional<T> value;
    std::exception_ptr error;
  };
  auto start = [&pool, work = std::move(work)](std::move_only_function<void(Done)> done) mutable {
    asio::post(pool, [work = std::move(work), done = std::move(done)]() mutable {
      Done result;
      try {
        result.value.emplace(work());
      } catch (...) {
        result.error = std::current_exception();
      }
      done(std::move(result));
    });
  };
  Done done = co_await from_callback<Done>(std::move(start));
  if (done.error) std::rethrow_exception(done.error);
  co_return std::move(*done.value);
}

// Waits until `deadline`, or until cancelled (then throws system_error operation_aborted).
inline awaitable<void> sleep_until(Deadline deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline.at());
  co_await timer.async_wait(asio::use_awaitable);
}

// The result of `operation`, or a timeout error when `deadline` passes first; the operation is then cancelled and
// awaited.
template <class T>
awaitable<Result<T>> with_deadline(awaitable<Result<T>> operation, Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  auto first = co_await (std::move(operation) || sleep_until(deadline));
  if (first.index() == 0) co_return std::get<0>(std::move(first));
  co_return fail(ErrorCode::timeout, "the deadline passed");
}

// A level that coroutines of one executor wait for. Not thread-safe: notify from another thread with asio::post.
class Event {
 public:
  explicit Event(asio::any_io_executor executor) : timer_(std::move(executor)) { timer_.expires_at(forever()); }
  // Wakes everyone who waits now.
  void notify() { timer_.cancel(); }
  // True when notified, false when `deadline` passed. Throws operation_aborted when the coroutine itself was cancelled.
  awaitable<bool> wait(Deadline deadline);

 private:
  static constexpr Deadline::SteadyTime forever() { return Deadline::SteadyTime::max(); }
  asio::steady_timer timer_;
};

// Coroutines that live and end together. All calls on the executor's one thread.
class TaskGroup {
 public:
  explicit TaskGroup(asio::any_io_executor executor) : executor_(executor), idle_(executor) {}
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts `task`. An exception that leaves it other than operation_aborted is kept, and thrown by join().
  void spawn(awaitable<void> task);
  // Asks every task to stop at its next suspension.
  void cancel();
  // Waits until no task runs.
  awaitable<void> join();
  std::size_t running() const { return tasks_.size(); }

 private:
  asio::any_io_executor executor_;
  Event idle_;
  std::list<asio::cancellation_signal> tasks_;
  std::exception_ptr failure_;
};

}  // namespace soundbite
