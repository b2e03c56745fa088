#include "adapter/embedded/record_cache.h"

#include <utility>

namespace soundbite::embedded {

namespace {

// Of a list node, two map nodes and the allocator's own, roughly.
constexpr std::size_t overhead_bytes = 256;

std::size_t size_of(const Job& job) {
  std::size_t bytes = sizeof(Job) + overhead_bytes + job.environment.size() + job.user_id.size() +
                      job.tenant_id.size() + job.voice_id.size();
  for (const auto& [key, value] : job.metadata) bytes += 128 + key.size() + value.size();
  bytes += job.url.size();
  if (job.output) {
    const auto& output = *job.output;
    bytes += output.sha256.size() + output.blob_key.size();
    if (output.verification) bytes += output.verification->reason.size();
    for (const auto& name : output.dropped) bytes += sizeof(std::string) + name.size();
  }
  if (job.error) bytes += job.error->detail.size() + job.error->errors.size() * 256;
  return bytes;
}

}  // namespace

std::shared_ptr<const Job> RecordCache::find(JobId id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->job;
}

void RecordCache::apply(const Changes& changes) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, job] : changes) {
    if (const auto load = loads_.find(id); load != loads_.end()) load->second.overtaken = true;
    if (job) {
      put(id, job);
    } else {
      drop(id);
    }
  }
}

RecordCache::Loading::Loading(RecordCache& cache, JobId id) : cache_(cache), id_(id) {
  const std::lock_guard lock(cache_.mutex_);
  ++cache_.loads_[id_].readers;
}

RecordCache::Loading::~Loading() {
  const std::lock_guard lock(cache_.mutex_);
  const auto load = cache_.loads_.find(id_);
  if (--load->second.readers == 0) cache_.loads_.erase(load);
}

void RecordCache::Loading::store(std::shared_ptr<const Job> job) {
  const std::lock_guard lock(cache_.mutex_);
  if (!cache_.loads_.at(id_).overtaken) cache_.put(id_, std::move(job));
}

std::size_t RecordCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void RecordCache::put(JobId id, std::shared_ptr<const Job> job) {
  drop(id);
  const std::size_t size = size_of(*job);
  entries_.push_front({id, std::move(job), size});
  by_id_[id] = entries_.begin();
  bytes_ += size;
  while (bytes_ > most_bytes_) {
    const JobId oldest = entries_.back().id;
    drop(oldest);
  }
}

void RecordCache::drop(JobId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  bytes_ -= found->second->bytes;
  entries_.erase(found->second);
  by_id_.erase(found);
}

}  // namespace soundbite::embedded
