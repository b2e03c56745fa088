// Whether this process lives, and whether it should be sent work.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <string>

#include "base/async.h"
#include "base/time.h"
#include "port/blob_store.h"
#include "port/job_store.h"
#include "port/speech_engine.h"

namespace soundbite {

struct HealthReport {
  bool ready = false;
  boost::json::value body;  // {"status": "ok|degraded|stopping", "version", "checks": {"store": …, "disk": …, "voices":
                            // …, "media": …}}
};

// For one io thread.
class Health {
 public:
  // `media_state` answers "ok" or why nothing can be made now; `version` is the release that reports show; `sandbox`
  // tells what holds the media child ({"level", "layers", "missing"}, or null), where there is one.
  Health(JobStore& jobs, BlobStore& blobs, SpeechEngine& speech, std::function<std::string()> media_state,
         std::string version, std::function<boost::json::value()> sandbox = {});

  // From now on not ready: the process is shutting down.
  void begin_stopping() { stopping_ = true; }
  bool stopping() const { return stopping_; }

  awaitable<HealthReport> report(Deadline deadline);

 private:
  JobStore& jobs_;
  BlobStore& blobs_;
  SpeechEngine& speech_;
  std::function<std::string()> media_state_;
  std::string version_;
  std::function<boost::json::value()> sandbox_;  // may be empty
  bool stopping_ = false;
};

}  // namespace soundbite
