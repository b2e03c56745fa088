// Which folders are known to outlive a loss of power, so that not every file in them syncs them again.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

namespace soundbite::embedded {

// Thread-safe. Whoever syncs a folder takes ticket() before he opens it and adds it afterwards; whoever may remove it
// forgets it first. So what is held was neither removed nor made anew since it was synced.
class DurableFolders {
 public:
  std::uint64_t ticket() const {
    const std::lock_guard lock(mutex_);
    return forgotten_;
  }
  bool holds(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return paths_.contains(path);
  }
  void add(const std::string& path, std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    if (ticket != forgotten_) return;
    if (paths_.size() >= most) paths_.clear();
    paths_.insert(path);
  }
  void forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    ++forgotten_;
    paths_.erase(path);
  }

 private:
  static constexpr std::size_t most = 1'024;

  mutable std::mutex mutex_;
  std::unordered_set<std::string> paths_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace soundbite::embedded
