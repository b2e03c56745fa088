// Takes jobs from the queue and makes their audio: receive → claim → gather → make → put → complete → acknowledge.
#pragma once

#include <memory>
#include <string>

#include "base/async.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/time.h"
#include "net/fetcher.h"
#include "port/blob_store.h"
#include "port/file_store.h"
#include "port/job_queue.h"
#include "port/job_store.h"
#include "port/media_engine.h"
#include "port/speech_detector.h"
#include "port/speech_engine.h"

namespace soundbite {

struct WorkerOptions {
  std::size_t slots = 2;  // jobs at once; one cpu thread each
  std::string name;       // lease owner: host, process, start
  Milliseconds lease{30'000};
  Milliseconds heartbeat{10'000};
  Milliseconds progress_interval{1'000};
  Milliseconds pause{1'000};  // after a call that failed, and while the disk is full
  MediaLimits media;          // of recordings
};

struct WorkerPorts {
  JobStore& jobs;
  JobQueue& queue;
  BlobStore& blobs;
  FileStore& files;
  Fetcher& fetcher;
  SpeechEngine& speech;
  MediaEngine& media;
  SpeechDetector& detector;
  const Clock& clock;
  Log& log;
  prometheus::Registry& registry;
};

// Runs on the one io thread; the work itself on a pool of its own with nice 10.
class Worker {
 public:
  virtual ~Worker() = default;
  virtual void start() = 0;
  // Stops receiving, lets running jobs finish until `grace`, gives back the rest.
  virtual awaitable<void> stop(Deadline grace) = 0;
  // Receives and finishes at most one job; false when there was none before `deadline`. What each slot repeats; tests
  // call it.
  virtual awaitable<bool> run_once(Deadline deadline) = 0;
};

std::unique_ptr<Worker> make_worker(asio::any_io_executor executor, WorkerOptions options, WorkerPorts ports);

}  // namespace soundbite
