// One encode as the server sees it: samples in, a report or an error out, with a watch on the child.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>

#include "job/output_plan.h"
#include "port/media_engine.h"
#include "sandbox/zygote_link.h"

namespace soundbite {

class ChildEncode final : public Encode {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  struct Parts {
    std::shared_ptr<ZygoteLink> link;
    ZygoteLink::Child child;
    File samples;  // stream socket to the child
    File status;   // pipe from the child, not blocking
    OutputPlan plan;
    Milliseconds idle_limit;
    MediaMetrics& metrics;
  };

  explicit ChildEncode(Parts parts) : parts_(std::move(parts)) {}
  ~ChildEncode() override;

  Result<void> write(std::span<const float> samples) override;
  Result<MediaReport> finish() override;
  void kill() override;

 private:
  // Waits until the child takes samples (if `for_room`) or says something. Errors: what became of it.
  Result<void> wait(bool for_room);
  void read_status();
  void hear(const wire::Status& status);
  // Why it ended; the same for ever after.
  Error failure();
  Error find_failure();

  Parts parts_;
  const SteadyTime started_at_ = std::chrono::steady_clock::now();
  SteadyTime active_at_ = started_at_;  // when the child last took or said something
  bool status_closed_ = false;
  std::optional<std::uint64_t> frames_;  // set when it is done
  std::optional<Error> reported_;
  std::optional<Error> failure_;
  bool hung_ = false;
  std::atomic<bool> killed_ = false;
};

}  // namespace soundbite
