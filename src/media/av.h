// libav's objects as owned values, and its error numbers as ours. Included by media's .cc files only.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/vorbis_parser.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

#include <memory>
#include <string_view>

#include "base/error.h"

namespace soundbite::media {

struct AvDelete {
  void operator()(AVCodecContext* p) const { avcodec_free_context(&p); }
  void operator()(AVFormatContext* p) const { avformat_free_context(p); }
  void operator()(AVFilterGraph* p) const { avfilter_graph_free(&p); }
  void operator()(AVFrame* p) const { av_frame_free(&p); }
  void operator()(AVPacket* p) const { av_packet_free(&p); }
  void operator()(AVAudioFifo* p) const { av_audio_fifo_free(p); }
  void operator()(AVVorbisParseContext* p) const { av_vorbis_parse_free(&p); }
  void operator()(SwrContext* p) const { swr_free(&p); }
  // Ours are all made by avio_alloc_context, so the buffer goes with them.
  void operator()(AVIOContext* p) const {
    av_freep(static_cast<void*>(&p->buffer));
    avio_context_free(&p);
  }
};

template <class T>
using Av = std::unique_ptr<T, AvDelete>;

struct AvCloseInput {
  void operator()(AVFormatContext* p) const { avformat_close_input(&p); }
};
using AvInput = std::unique_ptr<AVFormatContext, AvCloseInput>;

// For a negative return value of libav. An errno keeps its meaning (ENOSPC: storage_full); what libav alone knows is a
// bug of ours, since it was given nothing but samples. Throws std::bad_alloc for want of memory.
Error error_from_libav(int number, std::string_view what);

}  // namespace soundbite::media
