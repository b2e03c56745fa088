#include "base/async.h"

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

namespace soundbite {

void post_work(asio::thread_pool& pool, std::move_only_function<void()> work) { asio::post(pool, std::move(work)); }

bool is_cancellation(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (const asio::multiple_exceptions& both) {  // what `a || b` throws when both were cancelled
    return is_cancellation(both.first_exception());
  } catch (...) {
    return false;
  }
}

awaitable<bool> Event::wait(Deadline deadline) {
  boost::system::error_code error;
  bool late = false;
  if (deadline.at() == Deadline::never().at()) {
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  } else {
    asio::steady_timer limit(co_await asio::this_coro::executor, deadline.at());
    auto [order, notified, limit_error] = co_await asio::experimental::make_parallel_group(
                                              timer_.async_wait(asio::deferred), limit.async_wait(asio::deferred))
                                              .async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
    late = order[0] == 1 && !limit_error;
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return !late;
}

void TaskGroup::spawn(awaitable<void> task) {
  const auto place = tasks_.emplace(tasks_.end());
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(place->slot(), [this, place](const std::exception_ptr& thrown) {
                   tasks_.erase(place);
                   if (thrown && !failure_ && !is_cancellation(thrown)) failure_ = thrown;
                   if (tasks_.empty()) idle_.notify();
                 }));
  // An accept may complete, and its session be spawned, after the group was told to stop.
  if (cancelled_) place->emit(asio::cancellation_type::terminal);
}

void TaskGroup::cancel() {
  cancelled_ = true;
  // No task leaves the list meanwhile: Asio completes what is cancelled through the executor's queue.
  for (auto& task : tasks_) task.emit(asio::cancellation_type::terminal);
}

awaitable<void> TaskGroup::join() {
  while (!tasks_.empty()) co_await idle_.wait(Deadline::never());
  cancelled_ = false;
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace soundbite
