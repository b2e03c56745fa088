#include "media/encode.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/converter.h"
#include "media/encoder.h"
#include "media/muxer.h"
#include "media/sink.h"

namespace soundbite::media {
namespace {

constexpr std::size_t block_samples = 4'096;
// RIFF counts in 32 bits, and so do the programs that read it; the rest is for the headers.
constexpr std::uint64_t max_wav_bytes = 0xFFFF'FFFFULL - 4'096;

// One encode's parts, in the order of the data path.
class Pipeline {
 public:
  Pipeline(const EncodeJob& job, Converter converter, Encoder encoder, Muxer muxer)
      : job_(job), converter_(std::move(converter)), encoder_(std::move(encoder)), muxer_(std::move(muxer)) {}

  Result<void> push(std::span<const float> samples) {
    if (auto done = converter_.push(samples); !done) return done;
    return drain(encoder_.frame_length());
  }

  Result<void> finish() {
    if (auto done = converter_.finish(); !done) return done;
    muxer_.set_length(converter_.frames());
    if (auto done = drain(encoder_.frame_length()); !done) return done;
    if (auto done = drain(1); !done) return done;
    if (auto done = encode(nullptr); !done) return done;
    return muxer_.finish();
  }

  bool started() const { return converter_.started(); }
  std::uint64_t frames() const { return converter_.frames(); }

 private:
  // Encodes while at least `enough` frames are ready.
  Result<void> drain(int enough) {
    if (job_.plan.format == Format::wav &&
        converter_.frames() * static_cast<std::uint64_t>(job_.plan.channels) * 2 > max_wav_bytes) {
      return fail(ErrorCode::invalid, "the audio is larger than the 4 GiB of a WAV file; ask for flac");
    }
    while (converter_.ready() >= enough) {
      auto frame = converter_.take(std::min(converter_.ready(), encoder_.frame_length()));
      if (!frame) return std::unexpected(std::move(frame.error()));
      if (auto done = encode(frame->get()); !done) return done;
    }
    return {};
  }

  Result<void> encode(const AVFrame* frame) {
    return encoder_.encode(frame, [this](AVPacket& packet) { return muxer_.write(packet); });
  }

  EncodeJob job_;
  Converter converter_;
  Encoder encoder_;
  Muxer muxer_;
};

Result<Pipeline> open(const EncodeJob& job, Sink& sink) {
  if (job.input_rate < min_source_rate || job.input_rate > max_source_rate || !is_possible(job.plan)) {
    return fail(ErrorCode::invalid, "there is no such output");
  }
  auto encoder = Encoder::open(job.plan);
  if (!encoder) return std::unexpected(std::move(encoder.error()));
  auto converter = Converter::open(job.input_rate, job.plan, encoder->sample_format());
  if (!converter) return std::unexpected(std::move(converter.error()));
  auto muxer = Muxer::open(job.plan, encoder->context(), sink);
  if (!muxer) return std::unexpected(std::move(muxer.error()));
  return Pipeline(job, std::move(*converter), std::move(*encoder), std::move(*muxer));
}

}  // namespace

Result<EncodeReport> encode(const EncodeJob& job, PcmSource source, int output_fd,
                            std::function<void(std::uint64_t frames)> on_progress) {
  std::uint64_t frames = 0;
  Sink sink(output_fd, [&] { on_progress(frames); });
  auto pipeline = open(job, sink);
  if (!pipeline) return std::unexpected(std::move(pipeline.error()));
  std::vector<float> block(block_samples);
  for (;;) {
    const auto count = source(block);
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    if (auto done = pipeline->push(std::span(block).first(*count)); !done) return std::unexpected(done.error());
    frames = pipeline->frames();
    on_progress(frames);
  }
  if (!pipeline->started()) return fail(ErrorCode::invalid, "there is no audio: not one sample came");
  if (auto done = pipeline->finish(); !done) return std::unexpected(done.error());
  if (auto done = sink.finish(); !done) return std::unexpected(done.error());
  return EncodeReport{pipeline->frames()};
}

void quieten_libav() { av_log_set_level(AV_LOG_QUIET); }

}  // namespace soundbite::media
