// Jobs, queue, blobs, recordings and uploads of one process in one data folder: SQLite and files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time.h"
#include "job/retry_policy.h"
#include "port/blob_store.h"
#include "port/file_store.h"
#include "port/job_queue.h"
#include "port/job_store.h"
#include "port/upload_store.h"

namespace soundbite {

struct EmbeddedOptions {
  std::string data_dir;
  std::size_t queue_limit = 100'000;  // pending jobs; beyond it submit answers throttled
  Milliseconds lease{30'000};
  RetryPolicy retry;
  Milliseconds record_life = std::chrono::days(30);  // of a retried job
  std::uint64_t reserve_bytes = 64 << 20;            // free space below this is "disk full"
};

// Owns the folder (a lock file), the writer thread and the connections. Close it before the executors its callers run
// on are gone; each caller runs on an executor of one thread, or a strand. Once a check after an unclean stop has found
// the database damaged, every change and counts() answer corrupt.
class EmbeddedStore {
 public:
  virtual ~EmbeddedStore() = default;
  virtual JobStore& jobs() = 0;
  virtual JobQueue& queue() = 0;
  virtual BlobStore& blobs() = 0;
  virtual FileStore& files() = 0;
  virtual UploadStore& uploads() = 0;  // its writers are gone before close()
  // Commits what waits, checkpoints, marks the stop as clean. No calls after this.
  virtual void close() = 0;
};

// Errors, each one line that names the folder and the fix: conflict (another process owns it), unavailable (cannot be
// written), corrupt (not ours, or from a newer version), storage_full.
Result<std::unique_ptr<EmbeddedStore>> open_embedded_store(EmbeddedOptions options, const Clock& clock, Random& random,
                                                           Log& log, prometheus::Registry& registry);

}  // namespace soundbite
