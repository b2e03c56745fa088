// Hints that there is work. A lost, doubled or late message never loses or doubles a job: the job store decides.
#pragma once

#include <string>
#include <vector>

#include "base/async.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"

namespace soundbite {

struct Message {
  JobId id;
  std::string receipt;  // the adapter's own
};

// Thread-safe; coroutines resume on the caller's executor.
class JobQueue {
 public:
  virtual ~JobQueue() = default;

  // Up to `limit` jobs that are likely to be claimable, oldest due first; empty when none came before `deadline`.
  // Cancellable. Errors: unavailable.
  virtual awaitable<Result<std::vector<Message>>> receive(std::size_t limit, Deadline deadline) = 0;

  // Keeps the message from others for `duration` more. A failure is logged by the caller and tried again, nothing else.
  virtual awaitable<Result<void>> extend(Message message, Milliseconds duration, Deadline deadline) = 0;

  // The job is settled or back in the store: forget the message. The last step of all.
  virtual awaitable<Result<void>> acknowledge(Message message, Deadline deadline) = 0;
};

}  // namespace soundbite
