// Ids that a call of this process has in its hands, so that nobody else takes them meanwhile.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

namespace soundbite::embedded {

// Thread-safe. A hold may outlive nothing but its HeldIds.
template <class Id>
class HeldIds {
 public:
  // Lets go when destroyed.
  class Hold {
   public:
    Hold(Hold&& other) noexcept : ids_(std::exchange(other.ids_, nullptr)), id_(other.id_) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (ids_ != nullptr) ids_->release(id_);
    }

   private:
    friend class HeldIds;
    Hold(HeldIds& ids, Id id) : ids_(&ids), id_(id) {}
    HeldIds* ids_;
    Id id_;
  };

  // Nothing when it is held.
  std::optional<Hold> take(Id id) {
    const std::lock_guard lock(mutex_);
    if (!ids_.insert(id).second) return std::nullopt;
    return Hold(*this, id);
  }
  bool holds(Id id) const {
    const std::lock_guard lock(mutex_);
    return ids_.contains(id);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return ids_.size();
  }

 private:
  void release(Id id) {
    const std::lock_guard lock(mutex_);
    ids_.erase(id);
  }

  mutable std::mutex mutex_;
  std::unordered_set<Id> ids_;
};

}  // namespace soundbite::embedded
