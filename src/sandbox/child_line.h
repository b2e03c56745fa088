// The server's line to one child: samples go out, status and speech come in, and a child that stops is noticed.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "sandbox/zygote_link.h"

namespace soundbite {

// For one thread at a time, but for kill(). Nothing that is heard is trusted to be well-formed.
class ChildLine {
 public:
  struct Parts {
    std::shared_ptr<ZygoteLink> link;
    ZygoteLink::Child child;
    File samples = {};  // stream socket to the child; not open when it takes none
    File status;        // pipe from the child, not blocking
    File speech = {};   // stream socket from the child; not open when there is none
    Milliseconds idle_limit;
    std::uint64_t max_speech_samples = 0;
    // All are called on the thread that writes or finishes.
    std::function<void(std::uint64_t value)> on_progress;
    std::function<Result<void>(std::span<const float> samples)> on_speech;  // an error ends the child
    std::function<Error(ExitReason reason, int detail)> on_exit;            // what an end without a word means
  };

  explicit ChildLine(Parts parts) : parts_(std::move(parts)) {}
  ~ChildLine();
  ChildLine(const ChildLine&) = delete;
  ChildLine& operator=(const ChildLine&) = delete;

  // Blocks while the child is busy. Errors: what became of it.
  Result<void> write(std::span<const float> samples);

  // No more samples: waits for the child's last word and returns its value, the same for ever after. All speech has
  // been handed on by then. Errors: as write; timeout after `limit`.
  Result<std::uint64_t> finish(Milliseconds limit);

  // Waits until the child is gone, so that it changes nothing any more; one that stays is ended. Errors: its end does
  // not go with its last word.
  Result<void> await_exit();

  // From any thread; later calls answer cancelled.
  void kill();

  Milliseconds age() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // Waits until the child takes samples (if `for_room`) or says something.
  Result<void> wait(bool for_room, SteadyTime until);
  void read_status();
  void hear(const wire::Status& status);
  void distrust();
  // One piece of what there is. False when there is nothing now.
  bool read_speech();
  void take_speech(std::span<const std::byte> bytes);
  void end(ExitReason why);
  // Why it ended; the same for ever after.
  Error failure();
  Error find_failure();

  Parts parts_;
  const SteadyTime started_at_ = std::chrono::steady_clock::now();
  SteadyTime active_at_ = started_at_;  // when the child last took or said something
  bool status_closed_ = false;
  std::optional<std::uint64_t> last_value_;  // set when it is done
  std::optional<Error> reported_;
  std::optional<Error> refused_;  // what it says, by us or by who listens
  std::optional<Error> failure_;
  std::vector<float> speech_;       // one piece
  std::size_t speech_rest_ = 0;     // bytes at its front: the start of a sample whose end has not come yet
  std::uint64_t speech_heard_ = 0;  // samples
  bool hung_ = false;
  std::atomic<bool> killed_ = false;
};

}  // namespace soundbite
