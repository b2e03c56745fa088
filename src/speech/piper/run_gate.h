// Lets a fixed number of threads through at once.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

#include "base/error.h"

namespace soundbite {

// Thread-safe.
class RunGate {
 public:
  // Being inside; leaves when destroyed.
  class Pass {
   public:
    explicit Pass(RunGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_) gate_->leave();
    }

   private:
    RunGate* gate_;
  };

  explicit RunGate(std::size_t places) : free_(places) {}

  // Waits for a place. Errors: cancelled.
  Result<Pass> enter(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return free_ > 0; }))
      return fail(ErrorCode::cancelled, "the speech was stopped");
    --free_;
    return Pass(*this);
  }

 private:
  void leave() {
    {
      const std::scoped_lock lock(mutex_);
      ++free_;
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t free_;
};

}  // namespace soundbite
