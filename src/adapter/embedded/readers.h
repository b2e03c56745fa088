// A few read-only connections on threads of their own.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/embedded/sqlite.h"
#include "base/async.h"
#include "base/time.h"

namespace soundbite::embedded {

// Thread-safe.
class Readers {
 public:
  Readers(std::string path, std::size_t threads);
  ~Readers();

  // Runs `read` (Result<T>(Connection&)) and resumes on the caller's executor. Errors besides: timeout (its turn came
  // too late), unavailable, corrupt.
  template <class T, class Read>
  awaitable<Result<T>> run(Deadline deadline, Read read) {
    co_return co_await run_on(pool_, [this, deadline, read = std::move(read)]() mutable -> Result<T> {
      if (deadline.passed()) return fail(ErrorCode::timeout, "the database did not get to it in time");
      auto connection = take();
      if (!connection) return std::unexpected(connection.error());
      Result<T> result = read(**connection);
      give_back(std::move(*connection));
      return result;
    });
  }

  asio::any_io_executor executor() { return pool_.get_executor(); }
  // Waits for reads under way; none may come after.
  void stop();

 private:
  Result<std::unique_ptr<Connection>> take();
  // A broken connection is closed instead.
  void give_back(std::unique_ptr<Connection> connection);

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  asio::thread_pool pool_;
};

}  // namespace soundbite::embedded
