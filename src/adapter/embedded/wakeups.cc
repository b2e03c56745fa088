#include "adapter/embedded/wakeups.h"

#include <algorithm>

namespace soundbite::embedded {

// Touched on its executor only.
struct Wakeups::Ear {
  explicit Ear(const asio::any_io_executor& on) : executor(on), event(on) {}
  asio::any_io_executor executor;
  Event event;
  bool heard = false;
};

Wakeups::Listener::Listener(Wakeups& wakeups, std::optional<JobId> job, asio::any_io_executor executor)
    : wakeups_(wakeups), job_(job), ear_(std::make_shared<Ear>(executor)) {
  const std::lock_guard lock(wakeups_.mutex_);
  if (job_) {
    wakeups_.of_jobs_.emplace(*job_, ear_);
  } else {
    wakeups_.of_work_.push_back(ear_);
  }
}

Wakeups::Listener::~Listener() {
  const std::lock_guard lock(wakeups_.mutex_);
  if (!job_) {
    std::erase(wakeups_.of_work_, ear_);
    return;
  }
  const auto [first, last] = wakeups_.of_jobs_.equal_range(*job_);
  const auto ours = std::find_if(first, last, [this](const auto& entry) { return entry.second == ear_; });
  if (ours != last) wakeups_.of_jobs_.erase(ours);
}

void Wakeups::Listener::reset() { ear_->heard = false; }

awaitable<bool> Wakeups::Listener::wait(Deadline deadline) {
  while (!ear_->heard) {
    if (!co_await ear_->event.wait(deadline)) co_return false;
  }
  co_return true;
}

// Posted with mutex_ held: a listener that is being destroyed waits, so its executor is still there.
void Wakeups::wake(const std::shared_ptr<Ear>& ear) {
  asio::post(ear->executor, [ear] {
    ear->heard = true;
    ear->event.notify();
  });
}

void Wakeups::changed(const Changes& changes) {
  const std::lock_guard lock(mutex_);
  if (of_jobs_.empty()) return;
  for (const auto& change : changes) {
    const auto [first, last] = of_jobs_.equal_range(change.id);
    for (auto entry = first; entry != last; ++entry) wake(entry->second);
  }
}

void Wakeups::work_came() {
  const std::lock_guard lock(mutex_);
  for (const auto& ear : of_work_) wake(ear);
}

}  // namespace soundbite::embedded
