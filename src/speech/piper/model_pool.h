// The models in memory: each loaded once however many ask, the least recently used let go.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "speech/piper/vits_model.h"
#include "speech/piper/voice_folders.h"

namespace soundbite {

using LoadedModel = Result<std::shared_ptr<const VitsModel>>;
using LoadModel = std::function<LoadedModel(const std::string& path)>;

// Thread-safe.
class ModelPool {
 public:
  // Keeps `capacity` models; those in use beyond that live until their users are done.
  ModelPool(LoadModel load, std::size_t capacity);

  // The model of `path` as `stamp` says it is now. The first caller loads it, the others wait for him; a failure is
  // not kept. Errors: what loading says.
  LoadedModel get(const std::string& path, const FileStamp& stamp);

 private:
  struct Entry {
    FileStamp stamp;
    std::shared_future<LoadedModel> model;
    std::uint64_t used = 0;  // the pool's count of calls then
  };

  void drop_oldest();

  const LoadModel load_;
  const std::size_t capacity_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::uint64_t calls_ = 0;
};

}  // namespace soundbite
