#include "speech/piper/model_pool.h"

#include <algorithm>

namespace soundbite {

ModelPool::ModelPool(LoadModel load, std::size_t capacity) : load_(std::move(load)), capacity_(capacity) {}

LoadedModel ModelPool::get(const std::string& path, const FileStamp& stamp) {
  std::promise<LoadedModel> promise;
  std::shared_future<LoadedModel> model;
  bool first = false;
  {
    const std::scoped_lock lock(mutex_);
    Entry& entry = entries_[path];
    first = !entry.model.valid() || entry.stamp != stamp;
    if (first) entry = {stamp, promise.get_future().share(), 0};
    entry.used = ++calls_;
    model = entry.model;
    if (first) drop_oldest();
  }
  if (!first) return model.get();
  LoadedModel loaded = fail(ErrorCode::internal, "the model was not loaded");
  try {
    loaded = load_(path);
  } catch (const std::exception& error) {
    loaded = fail(ErrorCode::internal, std::string("loading the model failed: ") + error.what());
  }
  if (!loaded) {
    const std::scoped_lock lock(mutex_);
    const auto entry = entries_.find(path);
    if (entry != entries_.end() && entry->second.stamp == stamp) entries_.erase(entry);
  }
  promise.set_value(loaded);
  return loaded;
}

void ModelPool::drop_oldest() {
  while (entries_.size() > capacity_)
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.used; }));
}

}  // namespace soundbite
