#include "media/audio_writer.h"

#include <algorithm>
#include <utility>

#include "media/refusal.h"

namespace soundbite::media {
namespace {

// RIFF counts in 32 bits, and so do the programs that read it; the rest is for the headers.
constexpr std::uint64_t max_wav_bytes = 0xFFFF'FFFFULL - (1 << 21);

std::uint64_t bytes_of(SampleDepth depth) {
  switch (depth) {
    case SampleDepth::bits16: return 2;
    case SampleDepth::bits24: return 3;
    case SampleDepth::bits32:
    case SampleDepth::float32: return 4;
  }
  std::unreachable();
}

}  // namespace

AudioWriter::AudioWriter(const Encoding& encoding, Converter converter, Encoder encoder, Muxer muxer)
    : encoding_(encoding), converter_(std::move(converter)), encoder_(std::move(encoder)), muxer_(std::move(muxer)) {}

Result<AudioWriter> AudioWriter::open(AudioFormat input, const Encoding& encoding, Sink& sink,
                                      const Attachments& attachments) {
  auto encoder = Encoder::open(encoding.plan, encoding.depth);
  if (!encoder) return std::unexpected(std::move(encoder.error()));
  auto converter = Converter::open(input, encoding.plan, encoder->sample_format());
  if (!converter) return std::unexpected(std::move(converter.error()));
  auto muxer = Muxer::open(encoding.plan, encoder->context(), sink, attachments);
  if (!muxer) return std::unexpected(std::move(muxer.error()));
  return AudioWriter(encoding, std::move(*converter), std::move(*encoder), std::move(*muxer));
}

Result<void> AudioWriter::push(const AudioBlock& block) {
  if (auto done = converter_.push(block); !done) return done;
  return drain(encoder_.frame_length());
}

Result<void> AudioWriter::finish() {
  if (auto done = converter_.finish(); !done) return done;
  muxer_.set_length(converter_.frames());
  if (auto done = drain(encoder_.frame_length()); !done) return done;
  if (auto done = drain(1); !done) return done;
  if (auto done = encode(nullptr); !done) return done;
  return muxer_.finish();
}

// Encodes while at least `enough` frames are ready.
Result<void> AudioWriter::drain(int enough) {
  const OutputPlan& plan = encoding_.plan;
  if (plan.format == Format::wav &&
      converter_.frames() * static_cast<std::uint64_t>(plan.channels) * bytes_of(encoding_.depth) > max_wav_bytes) {
    return refuse("/output/format", "limit_exceeded", "the audio is larger than the 4 GiB of a WAV file; ask for flac");
  }
  while (converter_.ready() >= enough) {
    auto frame = converter_.take(std::min(converter_.ready(), encoder_.frame_length()));
    if (!frame) return std::unexpected(std::move(frame.error()));
    if (auto done = encode(frame->get()); !done) return done;
  }
  return {};
}

Result<void> AudioWriter::encode(const AVFrame* frame) {
  return encoder_.encode(frame, [this](AVPacket& packet) { return muxer_.write(packet); });
}

}  // namespace soundbite::media
