// One encode as the server sees it: samples in, a report or an error out.
#pragma once

#include "job/output_plan.h"
#include "port/media_engine.h"
#include "sandbox/child_line.h"
#include "sandbox/media_metrics.h"

namespace soundbite {

class ChildEncode final : public Encode {
 public:
  // `metrics` outlive it.
  ChildEncode(ChildLine::Parts parts, const OutputPlan& plan, MediaMetrics& metrics);

  Result<void> write(std::span<const float> samples) override { return line_.write(samples); }
  Result<MediaReport> finish() override;
  void kill() override { line_.kill(); }

 private:
  ChildLine line_;
  OutputPlan plan_;
  MediaMetrics& metrics_;
  bool counted_ = false;
};

}  // namespace soundbite
