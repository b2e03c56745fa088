// A filter of libav as a step of the pipeline.
#pragma once

#include <string>

#include "media/av.h"
#include "media/block.h"
#include "media/planar_buffer.h"

struct AVFilterContext;

namespace soundbite::media {

// How a filter moves what it is given.
struct FilterTiming {
  double stretch = 1;         // frames that come out for each that goes in
  std::uint64_t latency = 0;  // frames that come out before the first that goes in
};

// For one thread. All in all, input · stretch frames come out, rounded, the latency cut off.
class FilterGraph : public Processor {
 public:
  // `description` as libavfilter reads it: "highpass=f=80". Errors: internal, unavailable (no memory).
  static Result<FilterGraph> open(AudioFormat format, const std::string& description, FilterTiming timing);

  AudioFormat output() const override { return format_; }
  Result<void> push(const AudioBlock& block, const BlockSink& out) override;
  Result<void> finish(const BlockSink& out) override;

 private:
  FilterGraph() = default;
  Result<void> send(const AudioBlock& block);
  Result<void> drain(const BlockSink& out);
  Result<void> hand_on(const AudioBlock& block, const BlockSink& out);

  AudioFormat format_;
  FilterTiming timing_;
  Av<AVFilterGraph> graph_;
  AVFilterContext* source_ = nullptr;  // the graph's
  AVFilterContext* sink_ = nullptr;
  Av<AVFrame> frame_;
  std::uint64_t taken_in_ = 0;
  std::uint64_t skipped_ = 0;
  std::uint64_t made_ = 0;
  std::uint64_t limit_ = UINT64_MAX;  // frames to make; known at the end
};

}  // namespace soundbite::media
