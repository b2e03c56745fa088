// Which folders are known to outlive a loss of power, so that not every file in them syncs them again.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soundbite::embedded {

// Thread-safe. Whoever syncs a folder takes a moment before he opens it, and tells when the sync begins and how it
// ends; whoever may remove it forgets it first. So what is held was neither removed nor made anew since it was synced.
class DurableFolders {
 public:
  // Of two moments the later one is greater.
  using Moment = std::uint64_t;

  Moment now() {
    const std::lock_guard lock(mutex_);
    return ++now_;
  }
  bool holds(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return synced_.contains(path);
  }
  // True when what was in the folder at `moment` will last, because a sync that began later has succeeded. Waits for
  // one that is under way.
  bool synced_since(const std::string& path, Moment moment) {
    std::unique_lock lock(mutex_);
    const auto later = [&](const std::unordered_map<std::string, Moment>& times) {
      const auto time = times.find(path);
      return time != times.end() && time->second > moment;
    };
    ended_.wait(lock, [&] { return later(synced_) || !later(under_way_); });
    return later(synced_);
  }
  Moment begin(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return under_way_[path] = ++now_;
  }
  void end(const std::string& path, Moment opened, Moment begun, bool succeeded) {
    const std::lock_guard lock(mutex_);
    if (const auto last = under_way_.find(path); last != under_way_.end() && last->second == begun) {
      under_way_.erase(last);
    }
    if (succeeded && opened > forgotten_) {
      if (synced_.size() >= most) synced_.clear();
      auto& synced = synced_[path];
      synced = std::max(synced, begun);
    }
    ended_.notify_all();
  }
  void forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    forgotten_ = ++now_;
    synced_.erase(path);
  }

 private:
  static constexpr std::size_t most = 1'024;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  Moment now_ = 0;
  Moment forgotten_ = 0;                               // when any was last
  std::unordered_map<std::string, Moment> synced_;     // when the last sync that succeeded began
  std::unordered_map<std::string, Moment> under_way_;  // when the last one that has not ended began
};

}  // namespace soundbite::embedded
