// Which jobs the queue has handed out lately, so that two receivers do not get the same one.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/id.h"
#include "base/time.h"

namespace soundbite::embedded {

// In memory only: the job table decides who works on a job; this saves the others a claim that fails. Thread-safe.
class HandedOut {
 public:
  // The receipt; nothing while an earlier one holds.
  std::optional<std::string> take(JobId id, Time now, Milliseconds life);
  // Does nothing when `receipt` is no longer the one that holds.
  void extend(JobId id, const std::string& receipt, Time until);
  void release(JobId id, const std::string& receipt);
  // Whatever the receipt: the job turned out not to be claimable.
  void release(JobId id);

  // How many hold; forgets those that ran out by `now`.
  std::size_t count(Time now);

 private:
  struct Hold {
    std::string receipt;
    Time until;
  };

  std::mutex mutex_;
  std::unordered_map<JobId, Hold> holds_;
  std::uint64_t next_receipt_ = 0;
};

}  // namespace soundbite::embedded
