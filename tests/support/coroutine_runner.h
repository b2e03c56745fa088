// For fixtures whose calls are coroutines: each is run to its end on the calling thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <optional>
#include <stdexcept>

#include "base/async.h"

namespace soundbite {

class CoroutineRunner {
 public:
  // What `task` answers, once it and everything spawned before have ended.
  template <class T>
  T run(awaitable<T> task) {
    std::optional<T> answer;
    spawn([](awaitable<T> inner, std::optional<T>& out) -> awaitable<void> { out.emplace(co_await std::move(inner)); }(
                                                            std::move(task), answer));
    finish();
    return std::move(answer).value();
  }
  void run(awaitable<void> task) {
    spawn(std::move(task));
    finish();
  }
  // The value; an error is thrown.
  template <class T>
  T must(awaitable<Result<T>> task) {
    auto answer = run(std::move(task));
    if (!answer) throw std::runtime_error(answer.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*answer);
  }
  void spawn(awaitable<void> task) {
    asio::co_spawn(io, std::move(task), [](const std::exception_ptr& error) {
      if (error) std::rethrow_exception(error);
    });
  }
  void finish() {
    io.restart();
    io.run();
  }

  asio::io_context io{1};
};

}  // namespace soundbite
