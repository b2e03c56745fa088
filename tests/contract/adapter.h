// What the suites of this folder are run against: every adapter that implements the ports of the work.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/time.h"
#include "job/retry_policy.h"
#include "port/blob_store.h"
#include "port/file_store.h"
#include "port/job_queue.h"
#include "port/job_store.h"
#include "port/upload_store.h"

namespace soundbite {

struct ContractOptions {
  std::size_t queue_limit = 1'000;
  Milliseconds lease{30'000};
  RetryPolicy retry{.max_attempts = 3, .max_interruptions = 2};
  Milliseconds record_life = std::chrono::days(30);
};

// An empty store, gone with this object.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual JobStore& jobs() = 0;
  virtual JobQueue& queue() = 0;
  virtual BlobStore& blobs() = 0;
  virtual FileStore& files() = 0;
  virtual UploadStore& uploads() = 0;
  // Stops, and starts again on what is stored. References of before, and writers of uploads, are gone.
  virtual void reopen() = 0;
};

struct Adapter {
  std::string name;
  std::function<std::unique_ptr<StoreUnderTest>(const ContractOptions& options, const Clock& clock)> make;
};

inline void PrintTo(const Adapter& adapter, std::ostream* out) { *out << adapter.name; }

std::vector<Adapter> adapters();

}  // namespace soundbite
