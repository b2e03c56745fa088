// Which folders are known to outlive a loss of power, so that not every file in them syncs them again.
#pragma once

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

  Moment now();
  bool holds(const std::string& path) const;
  // True when what was in the folder at `moment` will last, because a sync that began later has succeeded. Waits for
  // one that is under way. After a sync that failed the kernel takes what was not written for written, and tells only
  // those who had the folder open: whoever was there by then has to ask for himself (docs/decisions/0032).
  bool synced_since(const std::string& path, Moment moment);
  void forget(const std::string& path);

 private:
  using Moments = std::unordered_map<std::string, Moment>;

  Moment begin(const std::string& path);
  void end(const Sync& sync);

  static constexpr std::size_t most = 1'024;

  mutable std::mutex mutex_;
  std::condition_variable ended_;
  Moment now_ = 0;
  Moment failed_ = 0;     // the last sync that did, of any
  Moment forgotten_ = 0;  // when any was last
  Moments synced_;        // when the last sync that succeeded began
  Moments under_way_;     // when the last one that has not ended began
};

}  // namespace soundbite::embedded
