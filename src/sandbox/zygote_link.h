// The server's side of one running soundbite-media: sends requests, hears of exits, notices its end.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "sandbox/child_exit.h"
#include "sandbox/layers.h"
#include "sandbox/media_metrics.h"
#include "sandbox/wire.h"

namespace soundbite {

// Thread-safe. It is not restarted: a dead link is dropped, and another one made.
class ZygoteLink {
 public:
  // Returns as soon as the program is spawned; requests wait in the socket until it is ready. `log` and `metrics`
  // outlive the link. Errors: unavailable.
  static Result<std::shared_ptr<ZygoteLink>> start(const std::string& program, LayerSet withheld, Log& log,
                                                   MediaMetrics& metrics);

  // Ends the program and every child, and waits for that.
  ~ZygoteLink();
  ZygoteLink(const ZygoteLink&) = delete;
  ZygoteLink& operator=(const ZygoteLink&) = delete;

  struct Child {
    std::uint64_t job = 0;
    std::shared_ptr<ChildExit> exit;
  };
  // False when it is not ready to fork after `limit`, or dead.
  bool wait_until_ready(Milliseconds limit);
  // What holds its children; nothing before it is ready.
  std::optional<LayerSet> held() const;

  // Asks for a child with duplicates of `fds`. Errors: unavailable, also when the link is dead.
  Result<Child> launch(wire::Request request, std::span<const int> fds);

  // SIGKILL for the child of this job, if there is one still.
  void kill(std::uint64_t job);

  // Ends the program and every child. Does not wait for it.
  void end();

  bool dead() const { return dead_; }
  // True once the program said that it can fork: it is no broken installation.
  bool was_ready() const { return held().has_value(); }
  std::chrono::steady_clock::time_point started_at() const { return started_at_; }
  pid_t pid() const { return pid_; }

 private:
  ZygoteLink(File channel, pid_t pid, Log& log, MediaMetrics& metrics);
  void listen();
  void hear(const wire::Notice& notice);
  void hear_of_layers(LayerSet held);
  void bury();
  void settle(ChildExit& exit, ExitReason reason, int detail);

  const File channel_;
  const pid_t pid_;
  const std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
  Log& log_;
  MediaMetrics& metrics_;
  std::atomic<bool> dead_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;  // held_ or dead_
  std::optional<LayerSet> held_;
  bool ending_ = false;
  bool reaped_ = false;
  std::uint64_t last_job_ = 0;
  std::map<std::uint64_t, std::shared_ptr<ChildExit>> children_;
  std::jthread listener_;
};

}  // namespace soundbite
