// How a child ended, and what that means for who waits for it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace soundbite {

enum class ExitReason {
  ok,                 // the output is complete
  failed,             // it reported an error
  cancelled,          // we were asked to end it
  hung,               // we ended it: it took nothing and said nothing for too long
  killed,             // someone else did, likely the kernel for want of memory
  resource_limit,     // it passed a limit of ours: processor time, memory, size of a file
  sandbox_violation,  // it made a system call that it may not make
  crashed,
  unconfined,   // it was held by less than was asked, and did nothing
  host_died,    // the zygote went, and its children with it
  not_started,  // it could not be forked
};

// As in soundbite_media_exits_total{reason}.
std::string_view name_of(ExitReason reason);

// From a status as waitpid gives it, without knowing what we did ourselves.
ExitReason classify(int wait_status);

// What a caller is told of a child that ended without a last message.
Error error_of(ExitReason reason, int detail);

// The same while a recording was read that came from outside, which `pointer` names. What the recording itself brought
// about would come again, so it is invalid, with a field error: sandbox_violation, resource_limit, decoder_crash.
Error error_of(ExitReason reason, int detail, const std::string& pointer);

// Thread-safe: one side waits, the other tells.
class ChildExit {
 public:
  struct Ended {
    ExitReason reason;
    int detail;  // wait status or errno
  };

  // We are about to kill it, because of `why` (cancelled or hung); the first cause stands.
  void expect(ExitReason why);
  // It is gone. Returns the reason in the light of what was expected.
  ExitReason settle(ExitReason reason, int detail);
  // Nullopt when nothing was heard within `limit`.
  std::optional<Ended> wait(Milliseconds limit);

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::optional<ExitReason> expected_;
  std::optional<Ended> ended_;
};

}  // namespace soundbite
