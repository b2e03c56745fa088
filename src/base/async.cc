#include "base/async.h"

#include <boost/system/system_error.hpp>

namespace soundbite {

awaitable<bool> Event::wait(Deadline deadline) {
  using namespace asio::experimental::awaitable_operators;
  boost::system::error_code error;
  if (deadline.at() == forever()) {
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  } else {
    asio::steady_timer limit(co_await asio::this_coro::executor, deadline.at());
    auto first = co_await (timer_.async_wait(asio::redirect_error(asio::use_awaitable, error)) ||
                           limit.async_wait(asio::use_awaitable));
    if (first.index() == 1) co_return false;
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_return true;
}

void TaskGroup::spawn(awaitable<void> task) {
  const auto place = tasks_.emplace(tasks_.end());
  asio::co_spawn(executor_, std::move(task),
                 asio::bind_cancellation_slot(place->slot(), [this, place](std::exception_ptr error) {
                   tasks_.erase(place);
                   if (error) {
                     try {
                       std::rethrow_exception(error);
                     } catch (const boost::system::system_error& e) {
                       if (e.code() != asio::error::operation_aborted && !failure_) failure_ = error;
                     } catch (...) {
                       if (!failure_) failure_ = error;
                     }
                   }
                   if (tasks_.empty()) idle_.notify();
                 }));
}

void TaskGroup::cancel() {
  // A task may end, and leave the list, while it is told.
  for (auto task = tasks_.begin(); task != tasks_.end();) {
    auto& signal = *task++;
    signal.emit(asio::cancellation_type::terminal);
  }
}

awaitable<void> TaskGroup::join() {
  while (!tasks_.empty()) co_await idle_.wait(Deadline::never());
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

}  // namespace soundbite
