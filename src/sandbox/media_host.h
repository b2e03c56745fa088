// Starts, feeds, watches and classifies the media child (the program soundbite-media), the only one that links libav.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"
#include "port/media_engine.h"

namespace soundbite {

struct MediaHostOptions {
  std::string program;              // path of soundbite-media
  Milliseconds idle_limit{30'000};  // a child that takes no input and gives no answer for this long is hung
};

// Starts the zygote by exec: call before the process has threads. The zygote forks one child per encode and is started
// again, by the next encode, when it dies. `start` on the result is thread-safe; its encodes end before it does. Does
// not wait until it is ready. Errors: unavailable when the program cannot be started (the message names the path and
// the fix).
class MediaHost : public MediaEngine {
 public:
  // "ok", or why nothing can be encoded now.
  virtual std::string state() const = 0;
};

Result<std::unique_ptr<MediaHost>> start_media_host(MediaHostOptions options, Log& log, prometheus::Registry& registry);

}  // namespace soundbite
