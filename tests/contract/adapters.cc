#include <filesystem>
#include <stdexcept>

#include "adapter/embedded/embedded_store.h"
#include "tests/contract/adapter.h"

namespace soundbite {

namespace {

class EmbeddedUnderTest final : public StoreUnderTest {
 public:
  EmbeddedUnderTest(const ContractOptions& options, const Clock& clock) : options_(options), clock_(clock) {
    std::string name = std::filesystem::temp_directory_path() / "soundbite_contract_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    folder_ = name;
    open();
  }
  ~EmbeddedUnderTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  JobStore& jobs() override { return store_->jobs(); }
  JobQueue& queue() override { return store_->queue(); }
  BlobStore& blobs() override { return store_->blobs(); }
  FileStore& files() override { return store_->files(); }
  UploadStore& uploads() override { return store_->uploads(); }
  void reopen() override {
    store_.reset();
    open();
  }

 private:
  void open() {
    registry_ = std::make_unique<prometheus::Registry>();
    auto store = open_embedded_store({.data_dir = folder_,
                                      .queue_limit = options_.queue_limit,
                                      .lease = options_.lease,
                                      .retry = options_.retry,
                                      .record_life = options_.record_life,
                                      .reserve_bytes = 1 << 20},
                                     clock_, *random_, log_, *registry_);
    if (!store) throw std::runtime_error(store.error().message);
    store_ = std::move(*store);
  }

  const ContractOptions options_;
  const Clock& clock_;
  std::string folder_;
  std::unique_ptr<Random> random_ = make_seeded_random(7);
  Log log_{LogFormat::text, LogLevel::off};
  std::unique_ptr<prometheus::Registry> registry_;
  std::unique_ptr<EmbeddedStore> store_;
};

}  // namespace

std::vector<Adapter> adapters() {
  return {{"embedded", [](const ContractOptions& options, const Clock& clock) -> std::unique_ptr<StoreUnderTest> {
             return std::make_unique<EmbeddedUnderTest>(options, clock);
           }}};
}

}  // namespace soundbite
