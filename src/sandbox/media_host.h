// Starts, feeds, watches and classifies the media child (the program soundbite-media), the only one that links libav
// and reads media of others.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"
#include "port/media_engine.h"
#include "sandbox/layers.h"

namespace soundbite {

struct MediaHostOptions {
  std::string program;                      // path of soundbite-media
  Milliseconds idle_limit{30'000};          // a child that takes no input and gives no answer for this long is hung
  bool require_strict = false;              // nothing runs in less than the whole sandbox
  std::string spool_folder = "/tmp";        // where samples that are needed later wait, in files without a name
  LayerSet withheld = unbearable_layers();  // of the sandbox; more of them for tests alone
};

// Starts the zygote by exec: call before the process has threads. The zygote forks one child per task and is started
// again, by the next task, when it dies. All of it is thread-safe; what it started ends before it does. Does not wait
// until it is ready, but for require_strict. Errors: unavailable when the program cannot be started, or when the
// sandbox is less than required (the message names the path or what is missing, and the fix).
class MediaHost : public MediaEngine {
 public:
  // "ok", or why nothing can be made now.
  virtual std::string state() const = 0;

  // What holds the children. Nullopt until the program is ready, about 0.1 s after its start. Does not block.
  virtual std::optional<SandboxReport> report() const = 0;

  // One line on what the sandbox lacks and how to get it; empty when nothing, or when it is not known yet.
  virtual std::string advice() const = 0;
};

Result<std::unique_ptr<MediaHost>> start_media_host(MediaHostOptions options, Log& log, prometheus::Registry& registry);

}  // namespace soundbite
