// Threads for calls that block on the disk: blobs, recordings, uploads.
#pragma once

#include "base/async.h"
#include "base/time.h"

namespace soundbite::embedded {

// Thread-safe.
class DiskThreads {
 public:
  DiskThreads() : pool_(threads), syncing_(syncing_threads) {}
  ~DiskThreads() { stop(); }

  // Runs `work` (Result<T>()) and resumes on the caller's executor. Errors besides: timeout (its turn came too late:
  // nothing was done).
  template <class T, class Work>
  awaitable<Result<T>> run(Deadline deadline, Work work) {
    return run_in<T>(pool_, deadline, std::move(work));
  }
  // The same, for work that syncs: few at a time.
  template <class T, class Work>
  awaitable<Result<T>> sync(Deadline deadline, Work work) {
    return run_in<T>(syncing_, deadline, std::move(work));
  }
  // Runs `work` when a thread is free; nobody waits for it.
  void post(std::move_only_function<void()> work) { post_work(pool_, std::move(work)); }
  // Waits for calls under way; what comes after is not run.
  void stop() {
    pool_.join();
    syncing_.join();
  }

 private:
  template <class T, class Work>
  static awaitable<Result<T>> run_in(asio::thread_pool& pool, Deadline deadline, Work work) {
    co_return co_await run_on(pool, [deadline, work = std::move(work)]() mutable -> Result<T> {
      if (deadline.passed()) return fail(ErrorCode::timeout, "the disk did not get to it in time");
      return work();
    });
  }

  static constexpr std::size_t threads = 4;
  // A sync waits for all that anybody has written by then, and those who wait for the same one go on together: with a
  // thread for each, all uploads wait for the disk and then all for the processor. With three, some do the one while
  // others do the other (docs/decisions/0111).
  static constexpr std::size_t syncing_threads = 3;

  asio::thread_pool pool_;
  asio::thread_pool syncing_;
};

}  // namespace soundbite::embedded
