// Which folders are known to outlive a loss of power, so that not every file in them syncs them again.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace soundbite::embedded {

// Thread-safe. Whoever syncs a folder takes a moment before he opens it, and is a Sync meanwhile; whoever may remove it
// forgets it first, before he takes its last file away. So what is held was neither removed nor made anew since it was
// synced.
class DurableFolders {
 public:
  // Of two moments the later one is greater.
  using Moment = std::uint64_t;

  // From before the sync until it has ended; it failed unless told otherwise.
  class Sync {
   public:
    // `opened` before the folder at `path` was.
    Sync(DurableFolders& folders, const std::string& path, Moment opened)
        : folders_(folders), path_(path), opened_(opened), begun_(folders.begin(path)) {}
    Sync(const Sync&) = delete;
    Sync& operator=(const Sync&) = delete;
    ~Sync() { folders_.end(*this); }
    void succeeded() { succeeded_ = true; }

   private:
    friend class DurableFolders;
    DurableFolders& folders_;
    const std::string path_;
    Moment opened_;
    Moment begun_;
    bool succeeded_ = false;
  };

  Moment now() {
    const std::lock_guard lock(mutex_);
    return ++now_;
  }
  bool holds(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return synced_.contains(path);
  }
  // True when what was in the folder at `moment` will last, because a sync that began later has succeeded. Waits for
  // one that is under way. After a sync that failed the kernel takes what was not written for written, and tells only
  // those who had the folder open: whoever was there by then has to ask for himself (docs/decisions/0032).
  bool synced_since(const std::string& path, Moment moment) {
    std::unique_lock lock(mutex_);
    const auto later = [&](const std::unordered_map<std::string, Moment>& times) {
      const auto time = times.find(path);
      return time != times.end() && time->second > moment;
    };
    ended_.wait(lock, [&] { return moment < failed_ || later(synced_) || !later(under_way_); });
    return moment > failed_ && later(synced_);
  }
  void forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    forgotten_ = ++now_;
    synced_.erase(path);
  }

 private:
  Moment begin(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return under_way_[path] = ++now_;
  }
  void end(const Sync& sync) {
    const std::lock_guard lock(mutex_);
    ended_.notify_all();
    const auto last = under_way_.find(sync.path_);
    if (last != under_way_.end() && last->second == sync.begun_) under_way_.erase(last);
    if (!sync.succeeded_) failed_ = ++now_;
    if (!sync.succeeded_ || sync.opened_ < forgotten_) return;
    if (synced_.size() >= most) synced_.clear();
    auto& synced = synced_[sync.path_];
    synced = std::max(synced, sync.begun_);
  }

  static constexpr std::size_t most = 1'024;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  Moment now_ = 0;
  Moment failed_ = 0;                                  // the last sync that did, of any
  Moment forgotten_ = 0;                               // when any was last
  std::unordered_map<std::string, Moment> synced_;     // when the last sync that succeeded began
  std::unordered_map<std::string, Moment> under_way_;  // when the last one that has not ended began
};

}  // namespace soundbite::embedded
