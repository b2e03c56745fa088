#include "media/encoder.h"

#include <array>
#include <utility>

namespace soundbite::media {
namespace {

struct Codec {
  const char* name;
  AVSampleFormat sample_format;
};

Codec wav_codec_of(SampleDepth depth) {
  switch (depth) {
    case SampleDepth::bits16: return {"pcm_s16le", AV_SAMPLE_FMT_S16};
    case SampleDepth::bits24: return {"pcm_s24le", AV_SAMPLE_FMT_S32};
    case SampleDepth::bits32: return {"pcm_s32le", AV_SAMPLE_FMT_S32};
    case SampleDepth::float32: return {"pcm_f32le", AV_SAMPLE_FMT_FLT};
  }
  std::unreachable();
}

// Named, since libav's own first choice for Opus and Vorbis is an experimental encoder.
Codec codec_of(Format format, SampleDepth depth) {
  switch (format) {
    case Format::mp3: return {"libmp3lame", AV_SAMPLE_FMT_FLTP};
    case Format::wav: return wav_codec_of(depth);
    case Format::flac: return {"flac", depth == SampleDepth::bits16 ? AV_SAMPLE_FMT_S16 : AV_SAMPLE_FMT_S32};
    case Format::opus: return {"libopus", AV_SAMPLE_FMT_FLT};
    case Format::vorbis: return {"libvorbis", AV_SAMPLE_FMT_FLTP};
    case Format::aac:
    case Format::m4a: return {"aac", AV_SAMPLE_FMT_FLTP};
  }
  std::unreachable();
}

// Where an encoder takes frames of any length: short enough for a listener at the end of a pipe.
constexpr int free_frame_length = 1'024;

}  // namespace

Result<Encoder> Encoder::open(const OutputPlan& plan, SampleDepth depth) {
  const Codec chosen = codec_of(plan.format, depth);
  const AVCodec* codec = avcodec_find_encoder_by_name(chosen.name);
  if (!codec) return fail(ErrorCode::internal, std::string("libav has no encoder ") + chosen.name);
  Encoder encoder;
  encoder.context_.reset(avcodec_alloc_context3(codec));
  encoder.packet_.reset(av_packet_alloc());
  if (!encoder.context_ || !encoder.packet_) return fail(ErrorCode::unavailable, "out of memory");
  AVCodecContext& context = *encoder.context_;
  context.sample_fmt = chosen.sample_format;
  if (plan.format == Format::flac && chosen.sample_format == AV_SAMPLE_FMT_S32) context.bits_per_raw_sample = 24;
  context.sample_rate = plan.sample_rate;
  context.bit_rate = plan.bitrate;
  context.time_base = {1, plan.sample_rate};
  context.thread_count = 1;
  context.flags |= AV_CODEC_FLAG_BITEXACT;
  if (plan.format == Format::m4a) context.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&context.ch_layout, plan.channels);
  const int error = avcodec_open2(&context, codec, nullptr);
  if (error == AVERROR(EINVAL)) {
    return fail(ErrorCode::invalid, "the " + std::string(traits_of(plan.format).name) + " encoder refuses " +
                                        std::to_string(plan.bitrate) + " bits per second at " +
                                        std::to_string(plan.sample_rate) + " Hz");
  }
  if (error < 0) return std::unexpected(error_from_libav(error, "open the encoder"));
  return encoder;
}

int Encoder::frame_length() const { return context_->frame_size > 0 ? context_->frame_size : free_frame_length; }

Result<void> Encoder::encode(const AVFrame* frame, const PacketSink& out) {
  int error = avcodec_send_frame(context_.get(), frame);
  if (error < 0) return std::unexpected(error_from_libav(error, "encode"));
  for (;;) {
    error = avcodec_receive_packet(context_.get(), packet_.get());
    if (error == AVERROR(EAGAIN) || error == AVERROR_EOF) return {};
    if (error < 0) return std::unexpected(error_from_libav(error, "encode"));
    auto done = out(*packet_);
    av_packet_unref(packet_.get());
    if (!done) return done;
  }
}

}  // namespace soundbite::media
