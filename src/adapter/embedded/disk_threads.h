// Threads for calls that block on the disk: blobs, recordings, uploads.
#pragma once

#include "base/async.h"
#include "base/time.h"

namespace soundbite::embedded {

// Thread-safe.
class DiskThreads {
 public:
  DiskThreads() : pool_(threads) {}
  ~DiskThreads() { stop(); }

  // Runs `work` (Result<T>()) and resumes on the caller's executor. Errors besides: timeout (its turn came too late:
  // nothing was done).
  template <class T, class Work>
  awaitable<Result<T>> run(Deadline deadline, Work work) {
    co_return co_await run_on(pool_, [deadline, work = std::move(work)]() mutable -> Result<T> {
      if (deadline.passed()) return fail(ErrorCode::timeout, "the disk did not get to it in time");
      return work();
    });
  }
  // Runs `work` when a thread is free; nobody waits for it.
  template <class Work>
  void post(Work work) {
    asio::post(pool_, std::move(work));
  }
  // Waits for calls under way; what comes after is not run.
  void stop() { pool_.join(); }

 private:
  // They sleep in syncs, and the file system writes its journal once for all who wait at that moment: fewer threads
  // than connections that upload would make each wait for the others' turn (docs/decisions/0110).
  static constexpr std::size_t threads = 12;

  asio::thread_pool pool_;
};

}  // namespace soundbite::embedded
