// Housekeeping: leases that ran out, jobs, recordings and uploads that expired, blobs that no record owns.
#pragma once

#include <string>

#include "base/async.h"
#include "base/log.h"
#include "base/time.h"
#include "port/blob_store.h"
#include "port/file_store.h"
#include "port/job_store.h"
#include "port/upload_store.h"

namespace soundbite {

struct SweeperOptions {
  Milliseconds interval{5'000};
  std::size_t batch = 500;
  Milliseconds orphan_age{60'000};  // a blob younger than this may belong to a completion under way
};

struct Swept {
  std::size_t interrupted = 0;
  std::size_t blobs_removed = 0;
  std::size_t files_removed = 0;
  std::size_t uploads_removed = 0;

  bool anything() const { return interrupted + blobs_removed + files_removed + uploads_removed > 0; }
};

struct SweeperPorts {
  JobStore& jobs;
  BlobStore& blobs;
  FileStore& files;
  UploadStore& uploads;
  Log& log;
};

// Runs on the one io thread.
class Sweeper {
 public:
  Sweeper(const asio::any_io_executor& executor, SweeperPorts ports, SweeperOptions options);
  void start();
  awaitable<void> stop();

  // One bounded pass.
  awaitable<Result<Swept>> run_once(Deadline deadline);

 private:
  awaitable<void> loop();

  awaitable<Result<void>> sweep_jobs(Swept& swept, Deadline deadline);

  SweeperPorts ports_;
  SweeperOptions options_;
  TaskGroup tasks_;
  std::string cursor_;  // where the search for orphans goes on
};

}  // namespace soundbite
