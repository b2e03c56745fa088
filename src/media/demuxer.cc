#include "media/demuxer.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "media/codec_list.h"
#include "media/refusal.h"

namespace soundbite::media {
namespace {

// What a header may cost beside its tags and pictures: the index of a long M4A, and packets to learn its codec from.
constexpr std::uint64_t header_bytes = 16 << 20;
constexpr std::int64_t probe_bytes = 1 << 20;

constexpr std::int64_t packet_bytes = 32 << 10;  // of RIFF

int refuse_to_open(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

Result<void> check_audio(const AVCodecParameters& audio, const MediaInput& input, const MediaLimits& limits) {
  const int channels = audio.ch_layout.nb_channels;
  if (channels > limits.max_channels) {
    return refuse(input.pointer, "limit_exceeded",
                  "the file says that it has " + std::to_string(channels) + " channels; send at most " +
                      std::to_string(limits.max_channels));
  }
  if (audio.sample_rate != 0 && (audio.sample_rate < limits.min_rate || audio.sample_rate > limits.max_rate)) {
    return refuse(input.pointer, "limit_exceeded",
                  "the file says that it has " + std::to_string(audio.sample_rate) + " samples a second; send " +
                      std::to_string(limits.min_rate) + " to " + std::to_string(limits.max_rate));
  }
  return {};
}

}  // namespace

Result<Demuxer> Demuxer::open(int fd, const MediaInput& input, const MediaLimits& limits) {
  Demuxer demuxer;
  demuxer.input_ = input;
  demuxer.bytes_ = std::make_unique<ByteSource>(fd);
  std::array<std::uint8_t, sniff_bytes> first{};
  const std::size_t n = demuxer.bytes_->read_at(first, 0);
  const auto container = sniff_container(std::as_bytes(std::span(first).first(n)));
  if (!container) {
    return refuse(input.pointer, "unsupported_media",
                  n == 0 ? "the file is empty; send a recording"
                         : "this is no recording of a known kind; send WAV, W64, AIFF, FLAC, MP3, AAC, M4A, Ogg, "
                           "Matroska or CAF audio");
  }
  demuxer.container_ = *container;
  if (auto done = demuxer.open_container(limits); !done) return std::unexpected(done.error());
  if (auto done = demuxer.choose_stream(limits); !done) return std::unexpected(done.error());
  return demuxer;
}

Result<void> Demuxer::open_container(const MediaLimits& limits) {
  const AVInputFormat* format = av_find_input_format(std::string(traits_of(container_).demuxer).c_str());
  AVFormatContext* context = avformat_alloc_context();
  if (!format || !context) {
    avformat_free_context(context);
    return fail(ErrorCode::internal, "libav cannot read " + std::string(traits_of(container_).name));
  }
  context->pb = bytes_->context();
  context->flags |= AVFMT_FLAG_CUSTOM_IO;
  context->io_open = &refuse_to_open;
  context->max_streams = 4 * limits.max_streams;  // so that one too many is told from a lack of memory
  context->probesize = probe_bytes;
  // Samples in RIFF and W64 may be a codec's frames in disguise, for which libav would try all of its demuxers on
  // longer and longer beginnings, up to the probe's size: 80 ms. The first packet tells as much.
  context->max_probe_packets = 1;
  context->format_whitelist = av_strdup(format->name);
  context->protocol_whitelist = av_strdup("none");  // there is none of that name
  context->codec_whitelist = av_strdup(decoders_allowed);
  bytes_->set_budget(limits.max_tag_bytes + limits.max_art_bytes + header_bytes);
  const int error = avformat_open_input(&context, "", format, nullptr);  // frees it when it fails
  if (error < 0) return std::unexpected(error_of(error));
  context_.reset(context);
  return {};
}

Result<void> Demuxer::choose_stream(const MediaLimits& limits) {
  const auto count = [&] { return static_cast<int>(context_->nb_streams); };
  const auto is_audio = [](const AVStream* s) { return s->codecpar->codec_type == AVMEDIA_TYPE_AUDIO; };
  for (AVStream* stream : std::span(context_->streams, context_->nb_streams)) {
    if (!is_audio(stream)) {
      stream->discard = AVDISCARD_ALL;
    } else if (auto fits = check_audio(*stream->codecpar, input_, limits); !fits) {
      return fits;
    }
  }
  if (count() > limits.max_streams) {
    return refuse(input_.pointer, "limit_exceeded",
                  "the file has more than " + std::to_string(limits.max_streams) + " streams; send one of audio");
  }
  const int error = avformat_find_stream_info(context_.get(), nullptr);
  if (error < 0 || bytes_->spent()) return std::unexpected(error_of(error));
  bytes_->lift_budget();
  // Longer packets of samples that need no decoding cost less each; not before, since the first of them is probed.
  if (container_ == Container::wav || container_ == Container::rf64) {
    av_opt_set_int(context_->priv_data, "max_size", packet_bytes, 0);
  }
  const auto streams = std::span(context_->streams, context_->nb_streams);
  const auto found = std::ranges::find_if(streams, is_audio);
  if (found == streams.end()) {
    return refuse(input_.pointer, "no_audio", "the file has no audio; send one that has");
  }
  stream_ = static_cast<unsigned>(found - streams.begin());
  for (AVStream* stream : streams) {
    if (stream != *found) stream->discard = AVDISCARD_ALL;
  }
  auto attachments = read_attachments(*context_, **found, input_, limits);
  if (!attachments) return std::unexpected(attachments.error());
  attachments_ = std::move(*attachments);
  return check_audio(*(*found)->codecpar, input_, limits);
}

std::optional<double> Demuxer::declared_s() const {
  if (context_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return std::nullopt;
  const AVStream& audio = stream();
  // Of RIFF, libav tells no more than it finds; riff_layout.h tells what the file says.
  if (container_ == Container::wav || container_ == Container::rf64) return std::nullopt;
  if (audio.duration != AV_NOPTS_VALUE && audio.duration > 0) {
    return static_cast<double>(audio.duration) * av_q2d(audio.time_base);
  }
  if (context_->duration != AV_NOPTS_VALUE && context_->duration > 0) {
    return static_cast<double>(context_->duration) / AV_TIME_BASE;
  }
  return std::nullopt;
}

Result<bool> Demuxer::read(AVPacket& packet) {
  for (;;) {
    av_packet_unref(&packet);
    const int error = av_read_frame(context_.get(), &packet);
    if (error == AVERROR(ENOMEM)) {
      return refuse(input_.pointer, "undecodable",
                    "the file tells of a piece of audio that is too large to be read; it is damaged: send it again");
    }
    if (bytes_->failure()) return std::unexpected(error_from_errno(bytes_->failure(), "read the file"));
    if (error < 0) {
      broken_ = error != AVERROR_EOF;
      return false;
    }
    if (static_cast<unsigned>(packet.stream_index) == stream_) return true;
  }
}

Error Demuxer::error_of(int number) const {
  if (bytes_->failure()) return error_from_errno(bytes_->failure(), "read the file");
  // Tables of an impossible size are refused by libav's allocator.
  if (bytes_->spent() || number == AVERROR(ENOMEM)) {
    return refusal(input_.pointer, "limit_exceeded", "the file's tags, pictures or index are too large; remove them");
  }
  return refusal(input_.pointer, "undecodable",
                 "the file begins like " + std::string(traits_of(container_).name) +
                     " but cannot be read; it is damaged or incomplete: send it again");
}

}  // namespace soundbite::media
