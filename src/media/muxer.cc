#include "media/muxer.h"

#include <algorithm>
#include <utility>

#include "media/carriage.h"
#include "media/refusal.h"

namespace soundbite::media {
namespace {

const char* container_of(Format format) {
  switch (format) {
    case Format::mp3: return "mp3";
    case Format::wav: return "wav";
    case Format::flac: return "flac";
    case Format::opus:
    case Format::vorbis: return "ogg";
    case Format::aac: return "adts";
    case Format::m4a: return "ipod";
  }
  std::unreachable();
}

struct Options {
  ~Options() { av_dict_free(&dictionary); }
  void set(const char* key, const char* value) { av_dict_set(&dictionary, key, value, 0); }
  AVDictionary* dictionary = nullptr;
};

void choose_options(Options& options, Format format, const Sink& sink, bool tagged) {
  switch (format) {
    case Format::mp3:
      options.set("id3v2_version", tagged ? "4" : "0");        // one without tags would hold nothing
      options.set("write_xing", sink.seekable() ? "1" : "0");  // a count that is never patched would be a wrong one
      break;
    case Format::opus:
    case Format::vorbis:
      // Microseconds of audio before a page leaves: a file is smaller with long ones, a listener hears short ones
      // sooner.
      options.set("page_duration", sink.seekable() ? "1000000" : "100000");
      break;
    case Format::m4a:
      if (sink.readable()) {
        options.set("movflags", "+faststart");
      } else if (!sink.seekable()) {
        options.set("movflags", "+delay_moov+default_base_moof");  // the index waits for the encoder's delay
        options.set("frag_duration", "500000");                    // microseconds
      }
      break;
    case Format::wav:
    case Format::flac:
    case Format::aac: break;
  }
}

// The m4a muxer reads its own output to move the index in front of it.
int reopen(AVFormatContext* context, AVIOContext** reader, const char*, int flags, AVDictionary**) {
  if (flags & AVIO_FLAG_WRITE) return AVERROR(EPERM);
  *reader = static_cast<Sink*>(context->opaque)->open_reader().release();
  return *reader ? 0 : AVERROR(ENOMEM);
}

int close_reader(AVFormatContext*, AVIOContext* reader) {
  AvDelete{}(reader);
  return 0;
}

}  // namespace

Result<Muxer> Muxer::open(const OutputPlan& plan, const AVCodecContext& encoder, Sink& sink,
                          const Attachments& attachments) {
  Muxer muxer;
  muxer.format_ = plan.format;
  AVFormatContext* context = nullptr;
  int error = avformat_alloc_output_context2(&context, nullptr, container_of(plan.format), "");
  muxer.context_.reset(context);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the container"));
  context->pb = sink.context();
  context->opaque = &sink;
  context->io_open = &reopen;
  context->io_close2 = &close_reader;
  // Equal audio gives equal bytes: no times, no names of versions, no random serial numbers.
  context->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
  context->flush_packets = sink.seekable() ? 0 : 1;
  AVStream* stream = avformat_new_stream(context, nullptr);
  if (!stream) return fail(ErrorCode::unavailable, "out of memory");
  error = avcodec_parameters_from_context(stream->codecpar, &encoder);
  if (error < 0) return std::unexpected(error_from_libav(error, "set up the container"));
  muxer.time_base_ = encoder.time_base;
  stream->time_base = encoder.time_base;
  if (auto done = muxer.attach(attachments); !done) return std::unexpected(std::move(done.error()));
  Options options;
  choose_options(options, plan.format, sink, context->nb_streams > 1 || av_dict_count(context->metadata) > 0);
  error = avformat_write_header(context, &options.dictionary);
  if (auto done = muxer.check(error, "write the header"); !done) return std::unexpected(std::move(done.error()));
  if (av_dict_count(options.dictionary) > 0) return fail(ErrorCode::internal, "an option that libav does not know");
  if (auto done = muxer.write_covers(attachments); !done) return std::unexpected(std::move(done.error()));
  return muxer;
}

Result<void> Muxer::attach(const Attachments& attachments) {
  for (const auto& [key, value] : attachments.tags) {
    if (carries_tag(format_, key)) av_dict_set(&context_->metadata, key.c_str(), value.c_str(), 0);
  }
  if (!carries_covers(format_)) return {};
  for (const CoverArt& cover : attachments.covers) {
    AVStream* stream = avformat_new_stream(context_.get(), nullptr);
    if (!stream) return out_of_memory();
    stream->disposition = AV_DISPOSITION_ATTACHED_PIC;
    stream->time_base = {1, 90'000};
    stream->codecpar->codec_type = AVMEDIA_TYPE_VIDEO;
    stream->codecpar->codec_id = cover.codec;
    stream->codecpar->width = cover.width;
    stream->codecpar->height = cover.height;
  }
  return {};
}

// Before the audio: the muxers hold it back until the covers, which stand in front of it, have come.
Result<void> Muxer::write_covers(const Attachments& attachments) {
  if (!carries_covers(format_)) return {};
  for (std::size_t i = 0; i < attachments.covers.size(); ++i) {
    const auto& bytes = attachments.covers[i].bytes;
    const Av<AVPacket> packet(av_packet_alloc());
    if (!packet || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return out_of_memory();
    std::ranges::copy(bytes, packet->data);
    packet->stream_index = static_cast<int>(i) + 1;
    packet->flags |= AV_PKT_FLAG_KEY;
    packet->pts = packet->dts = 0;
    if (auto done = check(av_write_frame(context_.get(), packet.get()), "write the cover"); !done) return done;
  }
  return {};
}

Result<void> Muxer::write(AVPacket& packet) {
  packet.stream_index = 0;
  if (format_ == Format::mp3) {
    if (auto done = correct_padding(packet); !done) return done;
  }
  av_packet_rescale_ts(&packet, time_base_, context_->streams[0]->time_base);
  return check(av_write_frame(context_.get(), &packet), "write the audio");
}

Result<void> Muxer::finish() { return check(av_write_trailer(context_.get()), "finish the audio"); }

// The MP3 muxer puts into its tag what the last packet says is not to be played. LAME may need two packets for that,
// and libav's wrapper tells of each packet's own part only: up to 47 samples went missing at the end.
Result<void> Muxer::correct_padding(AVPacket& packet) {
  const AVCodecParameters& stream = *context_->streams[0]->codecpar;
  encoded_ += stream.frame_size;
  if (!length_) return {};
  const std::int64_t padding = encoded_ - stream.initial_padding - *length_;
  if (padding <= 0) return {};
  constexpr std::size_t size = 10;  // u32 to skip at the start, u32 at the end, two reasons
  std::uint8_t* skip = av_packet_new_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, size);
  if (!skip) return fail(ErrorCode::unavailable, "out of memory");
  std::fill_n(skip, size, std::uint8_t{0});
  for (std::size_t i = 0; i < 4; ++i) skip[4 + i] = static_cast<std::uint8_t>(padding >> (8 * i));
  return {};
}

// Some muxers forget what a write of theirs met; the output context does not.
Result<void> Muxer::check(int status, std::string_view what) const {
  if (status >= 0) status = context_->pb->error;
  if (status < 0) return std::unexpected(error_from_libav(status, what));
  return {};
}

}  // namespace soundbite::media
