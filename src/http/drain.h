// Tells whoever waits inside a request that the server is about to stop.
#pragma once

#include <optional>
#include <utility>

#include "base/async.h"

namespace soundbite {

// For one io thread.
class Drain {
 public:
  explicit Drain(const asio::any_io_executor& executor) : event_(executor) {}

  bool begun() const { return begun_; }
  void begin() {
    begun_ = true;
    event_.notify();
  }

  // The result of `operation`, or nullopt when draining begins first; the operation is then cancelled and awaited.
  template <class T>
  awaitable<std::optional<T>> or_sooner(awaitable<T> operation) {
    using namespace asio::experimental::awaitable_operators;
    if (begun_) co_return std::nullopt;
    auto first = co_await (std::move(operation) || event_.wait(Deadline::never()));
    if (first.index() == 1) co_return std::nullopt;
    co_return std::get<0>(std::move(first));
  }

 private:
  Event event_;
  bool begun_ = false;
};

}  // namespace soundbite
