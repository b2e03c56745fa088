#include "adapter/embedded/durable_folders.h"

#include <algorithm>

namespace soundbite::embedded {

DurableFolders::Moment DurableFolders::now() {
  const std::lock_guard lock(mutex_);
  return ++now_;
}

bool DurableFolders::holds(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return synced_.contains(path);
}

bool DurableFolders::synced_since(const std::string& path, Moment moment) {
  std::unique_lock lock(mutex_);
  const auto later = [&](const Moments& moments) {
    const auto found = moments.find(path);
    return found != moments.end() && found->second > moment;
  };
  ended_.wait(lock, [&] { return moment < failed_ || later(synced_) || !later(under_way_); });
  return moment > failed_ && later(synced_);
}

void DurableFolders::forget(const std::string& path) {
  const std::lock_guard lock(mutex_);
  forgotten_ = ++now_;
  synced_.erase(path);
}

DurableFolders::Moment DurableFolders::begin(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return under_way_[path] = ++now_;
}

void DurableFolders::end(const Sync& sync) {
  const std::lock_guard lock(mutex_);
  ended_.notify_all();
  const auto last = under_way_.find(sync.path_);
  if (last != under_way_.end() && last->second == sync.begun_) under_way_.erase(last);
  if (!sync.succeeded_) failed_ = ++now_;
  if (!sync.succeeded_ || sync.opened_ < forgotten_) return;
  if (synced_.size() >= most) synced_.clear();
  Moment& begun = synced_[sync.path_];
  begun = std::max(begun, sync.begun_);
}

}  // namespace soundbite::embedded
