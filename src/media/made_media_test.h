// For tests: recordings in every container, made by libav's own encoders and muxers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "media/decoded_test.h"
#include "media/swr.h"

namespace soundbite::media {

using Planar = std::vector<std::vector<float>>;  // [channel][frame]

struct MediaKind {
  std::string muxer;                                // "wav"
  std::string encoder;                              // "pcm_s16le"
  std::map<std::string, std::string> options = {};  // of the muxer
  std::map<std::string, std::string> tags = {};
  bool bits24 = false;
};

inline Planar same_on_all(std::vector<float> samples, int channels) {
  return Planar(static_cast<std::size_t>(channels), std::move(samples));
}

class MediaMaker {
 public:
  MediaMaker(const MediaKind& kind, int rate, int channels) : file_(memory_file()), sink_(file_.fd(), [] {}) {
    quieten_libav();
    const AVCodec* codec = avcodec_find_encoder_by_name(kind.encoder.c_str());
    require(codec, "no such encoder");
    encoder_.reset(avcodec_alloc_context3(codec));
    encoder_->sample_rate = rate;
    encoder_->ch_layout = layout_of(channels);
    encoder_->sample_fmt = codec->sample_fmts[0];
    if (kind.bits24) {
      encoder_->sample_fmt = codec->sample_fmts[1];
      encoder_->bits_per_raw_sample = 24;
    }
    encoder_->bit_rate = (rate > 8'000 ? 64'000 : 24'000) * channels;
    encoder_->time_base = {1, rate};
    encoder_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
    AVFormatContext* context = nullptr;
    require(avformat_alloc_output_context2(&context, nullptr, kind.muxer.c_str(), "") >= 0, "no such muxer");
    muxer_.reset(context);
    context->pb = sink_.context();
    context->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
    if (context->oformat->flags & AVFMT_GLOBALHEADER) encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    require(avcodec_open2(encoder_.get(), codec, nullptr) >= 0, "cannot be encoded");
    AVStream* stream = avformat_new_stream(context, nullptr);
    stream->time_base = {1, rate};
    avcodec_parameters_from_context(stream->codecpar, encoder_.get());
    for (const auto& [key, value] : kind.tags) av_dict_set(&context->metadata, key.c_str(), value.c_str(), 0);
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : kind.options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    require(avformat_write_header(context, &options) >= 0, "no header");
    require(av_dict_count(options) == 0, "no such option");
    av_dict_free(&options);
  }

  File make(const Planar& samples) {
    const int length = encoder_->frame_size > 0 ? encoder_->frame_size : 1'024;
    const auto channels = static_cast<int>(samples.size());
    const AudioFormat format{encoder_->sample_rate, channels};
    auto swr = *open_swr(format, format, encoder_->sample_fmt, ResampleQuality::fine);
    for (std::size_t at = 0; at < samples[0].size(); at += static_cast<std::size_t>(length)) {
      const Av<AVFrame> frame(av_frame_alloc());
      frame->format = encoder_->sample_fmt;
      frame->ch_layout = layout_of(channels);
      frame->sample_rate = encoder_->sample_rate;
      frame->nb_samples = static_cast<int>(std::min(samples[0].size() - at, static_cast<std::size_t>(length)));
      frame->pts = static_cast<std::int64_t>(at);
      require(av_frame_get_buffer(frame.get(), 0) >= 0, "no memory");
      std::vector<const std::uint8_t*> planes;
      for (const auto& channel : samples) planes.push_back(reinterpret_cast<const std::uint8_t*>(channel.data() + at));
      swr_convert(swr.get(), frame->extended_data, frame->nb_samples, planes.data(), frame->nb_samples);
      write(frame.get());
    }
    write(nullptr);
    require(av_write_trailer(muxer_.get()) >= 0, "no trailer");
    require(sink_.finish().has_value(), "not written");
    return std::move(file_);
  }

 private:
  void write(const AVFrame* frame) {
    require(avcodec_send_frame(encoder_.get(), frame) >= 0, "cannot be encoded");
    const Av<AVPacket> packet(av_packet_alloc());
    while (avcodec_receive_packet(encoder_.get(), packet.get()) >= 0) {
      packet->stream_index = 0;
      av_packet_rescale_ts(packet.get(), encoder_->time_base, muxer_->streams[0]->time_base);
      require(av_write_frame(muxer_.get(), packet.get()) >= 0, "cannot be written");
    }
  }

  File file_;
  Sink sink_;
  Av<AVCodecContext> encoder_;
  Av<AVFormatContext> muxer_;
};

inline File make_media(const MediaKind& kind, int rate, const Planar& samples) {
  return MediaMaker(kind, rate, static_cast<int>(samples.size())).make(samples);
}

inline File file_of(std::string_view bytes) {
  File file = memory_file();
  require(file.write_all(std::as_bytes(std::span(bytes))).has_value(), "cannot be kept");
  return file;
}

}  // namespace soundbite::media
