#include "adapter/embedded/handed_out.h"

namespace soundbite::embedded {

std::optional<std::string> HandedOut::take(JobId id, Time now, Milliseconds life) {
  const std::lock_guard lock(mutex_);
  auto& hold = holds_[id];
  if (!hold.receipt.empty() && hold.until > now) return std::nullopt;
  hold = {std::to_string(++next_receipt_), now + life};
  return hold.receipt;
}

void HandedOut::extend(JobId id, const std::string& receipt, Time until) {
  const std::lock_guard lock(mutex_);
  const auto hold = holds_.find(id);
  if (hold != holds_.end() && hold->second.receipt == receipt) hold->second.until = until;
}

void HandedOut::release(JobId id, const std::string& receipt) {
  const std::lock_guard lock(mutex_);
  const auto hold = holds_.find(id);
  if (hold != holds_.end() && hold->second.receipt == receipt) holds_.erase(hold);
}

void HandedOut::release(JobId id) {
  const std::lock_guard lock(mutex_);
  holds_.erase(id);
}

std::size_t HandedOut::count(Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(holds_, [now](const auto& entry) { return entry.second.until <= now; });
  return holds_.size();
}

}  // namespace soundbite::embedded
