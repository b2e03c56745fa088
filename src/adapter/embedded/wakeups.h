// Who waits for a change of a job, or for work, inside this process.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapter/embedded/job_table.h"
#include "base/async.h"
#include "base/id.h"
#include "base/time.h"

namespace soundbite::embedded {

// Thread-safe; each Listener is for one coroutine, on an executor of one thread or a strand.
class Wakeups {
  struct Ear;

 public:
  // Hears what happens from its making to its end, also between two waits.
  class Listener {
   public:
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener();

    // From here on only what is new counts. Look at the state after this, then wait().
    void reset();
    // True when something happened since reset(), false when `deadline` passed. Throws operation_aborted when the
    // coroutine was cancelled.
    awaitable<bool> wait(Deadline deadline);

   private:
    friend class Wakeups;
    Listener(Wakeups& wakeups, std::optional<JobId> job, asio::any_io_executor executor);
    Wakeups& wakeups_;
    std::optional<JobId> job_;
    std::shared_ptr<Ear> ear_;
  };

  Listener on_change_of(JobId id, asio::any_io_executor executor) { return {*this, id, std::move(executor)}; }
  Listener on_work(asio::any_io_executor executor) { return {*this, std::nullopt, std::move(executor)}; }

  void changed(const Changes& changes);
  void work_came();

 private:
  static void wake(const std::shared_ptr<Ear>& ear);

  std::mutex mutex_;
  std::unordered_multimap<JobId, std::shared_ptr<Ear>> of_jobs_;
  std::list<std::shared_ptr<Ear>> of_work_;
};

}  // namespace soundbite::embedded
