#include "media/operation/filter_graph.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

#include "media/planar.h"
#include "media/refusal.h"
#include "media/swr.h"

namespace soundbite::media {
namespace {

// Ends are fed with silence so that a filter with a latency gives back all that it holds.
constexpr std::size_t flush_block = 1'024;

struct Ends {
  ~Ends() {
    avfilter_inout_free(&in);
    avfilter_inout_free(&out);
  }
  AVFilterInOut* in = nullptr;
  AVFilterInOut* out = nullptr;
};

std::string source_arguments(AudioFormat format) {
  const std::string rate = std::to_string(format.sample_rate);
  AVChannelLayout layout = layout_of(format.channels);
  std::array<char, 64> name{};
  av_channel_layout_describe(&layout, name.data(), name.size());
  return "time_base=1/" + rate + ":sample_rate=" + rate + ":sample_fmt=fltp:channel_layout=" + name.data();
}

}  // namespace

Result<FilterGraph> FilterGraph::open(AudioFormat format, const std::string& description, FilterTiming timing) {
  FilterGraph made;
  made.format_ = format;
  made.timing_ = timing;
  made.graph_.reset(avfilter_graph_alloc());
  made.frame_.reset(av_frame_alloc());
  Ends ends{.in = avfilter_inout_alloc(), .out = avfilter_inout_alloc()};
  if (!made.graph_ || !made.frame_ || !ends.in || !ends.out) return out_of_memory();
  AVFilterGraph* graph = made.graph_.get();
  graph->nb_threads = 1;
  int error = avfilter_graph_create_filter(&made.source_, avfilter_get_by_name("abuffer"), "in",
                                           source_arguments(format).c_str(), nullptr, graph);
  if (error >= 0) {
    error =
        avfilter_graph_create_filter(&made.sink_, avfilter_get_by_name("abuffersink"), "out", nullptr, nullptr, graph);
  }
  if (error >= 0) {
    ends.out->name = av_strdup("in");
    ends.out->filter_ctx = made.source_;
    ends.in->name = av_strdup("out");
    ends.in->filter_ctx = made.sink_;
    const std::string chain = description + ",aformat=sample_fmts=fltp";
    error = avfilter_graph_parse_ptr(graph, chain.c_str(), &ends.in, &ends.out, nullptr);
  }
  if (error >= 0) error = avfilter_graph_config(graph, nullptr);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the filter"));
  return made;
}

Result<void> FilterGraph::push(const AudioBlock& block, const BlockSink& out) {
  taken_in_ += block.frames;
  if (auto done = send(block); !done) return done;
  return drain(out);
}

Result<void> FilterGraph::send(const AudioBlock& block) {
  const Av<AVFrame> frame(av_frame_alloc());
  if (!frame) return out_of_memory();
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->ch_layout = layout_of(format_.channels);
  frame->sample_rate = format_.sample_rate;
  frame->nb_samples = static_cast<int>(block.frames);
  if (av_frame_get_buffer(frame.get(), 0) < 0) return out_of_memory();
  for (std::size_t c = 0; c < block.channels.size(); ++c) {
    std::copy_n(block.channels[c], block.frames, reinterpret_cast<float*>(frame->extended_data[c]));
  }
  const int error = av_buffersrc_add_frame(source_, frame.get());
  return error < 0 ? std::unexpected(error_from_libav(error, "filter")) : Result<void>{};
}

Result<void> FilterGraph::drain(const BlockSink& out) {
  for (;;) {
    const int error = av_buffersink_get_frame(sink_, frame_.get());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
    if (error < 0) return std::unexpected(error_from_libav(error, "filter"));
    std::array<const float*, max_planes> planes{};
    for (std::size_t c = 0; c < static_cast<std::size_t>(format_.channels); ++c) {
      planes[c] = reinterpret_cast<const float*>(frame_->extended_data[c]);
    }
    const AudioBlock block{.channels = {planes.data(), static_cast<std::size_t>(format_.channels)},
                           .frames = static_cast<std::size_t>(frame_->nb_samples)};
    auto done = hand_on(block, out);
    av_frame_unref(frame_.get());
    if (!done) return done;
  }
}

Result<void> FilterGraph::hand_on(const AudioBlock& block, const BlockSink& out) {
  const std::size_t skip = std::min<std::uint64_t>(block.frames, timing_.latency - skipped_);
  skipped_ += skip;
  const std::size_t count = std::min<std::uint64_t>(block.frames - skip, limit_ - made_);
  made_ += count;
  return count > 0 ? out(Slice(block, skip, count).block()) : Result<void>{};
}

Result<void> FilterGraph::finish(const BlockSink& out) {
  limit_ = static_cast<std::uint64_t>(std::llround(static_cast<double>(taken_in_) * timing_.stretch));
  PlanarBuffer silence(format_.channels);
  silence.append_silence(flush_block);
  const std::uint64_t held = timing_.latency + flush_block;
  const auto needed = static_cast<std::uint64_t>(static_cast<double>(held) / timing_.stretch);
  for (std::uint64_t sent = 0; sent <= needed && made_ < limit_; sent += flush_block) {
    if (auto done = send(silence.all()); !done) return done;
    if (auto done = drain(out); !done) return done;
  }
  if (const int error = av_buffersrc_add_frame(source_, nullptr); error < 0) {
    return std::unexpected(error_from_libav(error, "filter"));
  }
  if (auto done = drain(out); !done) return done;
  while (made_ < limit_) {
    if (auto done = hand_on(silence.all(), out); !done) return done;
  }
  return {};
}

}  // namespace soundbite::media
