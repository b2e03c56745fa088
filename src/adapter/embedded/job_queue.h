// The queue of the embedded store: an index on the job table. receive() reads it, a claim takes the job off it.
#pragma once

#include "adapter/embedded/handed_out.h"
#include "adapter/embedded/readers.h"
#include "adapter/embedded/wakeups.h"
#include "base/time.h"
#include "port/job_queue.h"

namespace soundbite::embedded {

class EmbeddedJobQueue final : public JobQueue {
 public:
  EmbeddedJobQueue(Readers& readers, Wakeups& wakeups, HandedOut& handed_out, const Clock& clock, Milliseconds hold)
      : readers_(readers), wakeups_(wakeups), handed_out_(handed_out), clock_(clock), hold_(hold) {}

  awaitable<Result<std::vector<Message>>> receive(std::size_t limit, Deadline deadline) override;
  awaitable<Result<void>> extend(Message message, Milliseconds duration, Deadline deadline) override;
  awaitable<Result<void>> acknowledge(Message message, Deadline deadline) override;

 private:
  struct Found {
    std::vector<Message> messages;
    std::optional<Time> next_due;
  };
  awaitable<Result<Found>> look(std::size_t limit);

  Readers& readers_;
  Wakeups& wakeups_;
  HandedOut& handed_out_;
  const Clock& clock_;
  const Milliseconds hold_;
};

}  // namespace soundbite::embedded
