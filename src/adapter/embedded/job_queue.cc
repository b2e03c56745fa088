#include "adapter/embedded/job_queue.h"

#include <algorithm>

#include "adapter/embedded/job_reads.h"

namespace soundbite::embedded {

namespace {

// A hold of another receiver can run out unheard; nothing waits longer than this to look again.
constexpr Milliseconds longest_wait{1'000};
constexpr Milliseconds shortest_wait{1};

}  // namespace

awaitable<Result<EmbeddedJobQueue::Found>> EmbeddedJobQueue::look(std::size_t limit) {
  const Time now = clock_.now();
  co_return co_await readers_.run<Found>(Deadline::never(),
                                         [this, limit, now](Connection& connection) -> Result<Found> {
                                           Found found;
                                           // Those at the head may be handed out and not claimed yet: look past them.
                                           std::size_t wanted = limit + handed_out_.count(now);
                                           while (true) {
                                             const auto ids = due_jobs(connection, now, wanted);
                                             if (!ids) return std::unexpected(ids.error());
                                             for (const JobId& id : *ids) {
                                               if (found.messages.size() == limit) break;
                                               if (auto receipt = handed_out_.take(id, now, hold_))
                                                 found.messages.push_back({id, std::move(*receipt)});
                                             }
                                             if (!found.messages.empty()) return found;
                                             if (ids->size() < wanted) break;
                                             wanted = limit + std::max(wanted, handed_out_.count(now));
                                           }
                                           const auto due = next_due(connection, now);
                                           if (!due) return std::unexpected(due.error());
                                           found.next_due = *due;
                                           return found;
                                         });
}

awaitable<Result<std::vector<Message>>> EmbeddedJobQueue::receive(std::size_t limit, Deadline deadline) {
  auto work = wakeups_.on_work(co_await asio::this_coro::executor);
  while (true) {
    work.reset();
    auto found = co_await look(limit);
    if (!found) co_return std::unexpected(found.error());
    if (!found->messages.empty() || deadline.passed()) co_return std::move(found->messages);
    Milliseconds pause = longest_wait;
    if (found->next_due) pause = std::clamp(*found->next_due - clock_.now(), shortest_wait, longest_wait);
    const Deadline look_again = Deadline::in(pause);
    co_await work.wait(look_again.at() < deadline.at() ? look_again : deadline);
  }
}

awaitable<Result<void>> EmbeddedJobQueue::extend(Message message, Milliseconds duration, Deadline) {
  handed_out_.extend(message.id, message.receipt, clock_.now() + duration);
  co_return Result<void>();
}

awaitable<Result<void>> EmbeddedJobQueue::acknowledge(Message message, Deadline) {
  handed_out_.release(message.id, message.receipt);
  wakeups_.work_came();
  co_return Result<void>();
}

}  // namespace soundbite::embedded
