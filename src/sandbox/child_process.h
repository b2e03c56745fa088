// One run of the pipeline as the server sees it: perhaps samples in, speech and progress on the way, and what became of
// it out.
#pragma once

#include "port/media_engine.h"
#include "sandbox/child_line.h"
#include "sandbox/media_metrics.h"

namespace soundbite {

class ChildProcess final : public Process {
 public:
  struct Parts {
    ChildLine::Parts line;  // without callbacks
    File report;            // the child writes it
    MediaTask task;
    ProcessListener listener;
    Milliseconds time_limit;  // of finish()
  };

  // `metrics` outlive it.
  ChildProcess(Parts parts, MediaMetrics& metrics);

  Result<void> write(std::span<const float> samples) override { return line_.write(samples); }
  Result<MediaOutcome> finish() override;
  void kill() override { line_.kill(); }

 private:
  Result<MediaOutcome> wait_for_outcome();

  const File report_;
  const Milliseconds time_limit_;
  MediaMetrics& metrics_;
  ChildLine line_;
  std::optional<Result<MediaOutcome>> outcome_;
};

}  // namespace soundbite
