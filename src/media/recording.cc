#include "media/recording.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <utility>

extern "C" {
#include <libavutil/avstring.h>
}

#include "job/frame_header.h"
#include "media/codec_list.h"
#include "media/ogg_layout.h"
#include "media/packet_length.h"
#include "media/refusal.h"
#include "media/riff_layout.h"

namespace soundbite::media {
namespace {

// Files of which nearly nothing can be decoded are no recordings, whatever their first bytes said.
constexpr std::uint64_t errors_of_a_damaged_file = 20;

// Bits per second: more than any codec with losses makes. A file of more for the time that it states says too little.
constexpr double densest = 1e6;

// Bytes per second of the sparsest MP3.
constexpr double sparsest_mp3 = 1'000;

// What encoders add at both ends, which is counted with the packets and cut off later.
constexpr double added_s = 1;

bool is_riff(Container container) { return container == Container::wav || container == Container::rf64; }

bool has_encoder_delay(AVCodecID codec) { return codec == AV_CODEC_ID_MP3 || codec == AV_CODEC_ID_AAC; }

bool is_exact(AVCodecID codec) {
  return codec == AV_CODEC_ID_FLAC || codec == AV_CODEC_ID_ALAC || av_get_exact_bits_per_sample(codec) > 0;
}

int bit_depth_of(const AVCodecParameters& audio) {
  if (!is_exact(audio.codec_id)) return 0;
  return audio.bits_per_raw_sample > 0 ? audio.bits_per_raw_sample : audio.bits_per_coded_sample;
}

// Whether the name's extension is one of another container.
bool is_renamed(std::string_view name, Container container) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  const auto listed = [&](Container other) {
    return (" " + std::string(traits_of(other).extensions) + " ").contains(" " + extension + " ");
  };
  if (listed(container)) return false;
  for (int other = 0; other <= static_cast<int>(Container::caf); ++other) {
    if (listed(static_cast<Container>(other))) return true;
  }
  return false;
}

// Some writers fill the last chunk up, and count that as audio: less than one frame of samples is none.
void cut_padding(AVPacket& packet, const AVCodecParameters& audio) {
  if (av_get_exact_bits_per_sample(audio.codec_id) > 0 && audio.block_align > 0) {
    av_shrink_packet(&packet, packet.size - packet.size % audio.block_align);
  }
}

std::uint32_t little_endian(const std::uint8_t* at) {
  return at[0] | std::uint32_t{at[1]} << 8 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[3]} << 24;
}

// Whether a frame that stands by itself is shorter than its header says: only the last one can be.
bool is_cut(const AVPacket& packet, Container container) {
  const std::string_view bytes(reinterpret_cast<const char*>(packet.data), static_cast<std::size_t>(packet.size));
  if (container == Container::mp3) {
    const auto frame = MpegFrame::read(bytes);
    return frame && frame->length > bytes.size();
  }
  if (container == Container::adts) {
    const auto frame = AdtsFrame::read(bytes);
    return frame && frame->length > bytes.size();
  }
  return false;
}

// The Xing header stands behind the side information, whose length depends on version and channels.
bool has_xing_header(std::span<const std::uint8_t> packet) {
  for (const std::size_t at : {36U, 21U, 13U}) {
    if (packet.size() < at + 4) continue;
    if (std::memcmp(&packet[at], "Xing", 4) == 0 || std::memcmp(&packet[at], "Info", 4) == 0) return true;
  }
  return false;
}

}  // namespace

Result<Recording> Recording::open(int fd, const MediaInput& input, const MediaLimits& limits, FirstLook look) {
  auto demuxer = Demuxer::open(fd, input, limits);
  if (!demuxer) return std::unexpected(std::move(demuxer.error()));
  Recording recording;
  recording.input_ = input;
  recording.limits_ = limits;
  recording.demuxer_ = std::make_unique<Demuxer>(std::move(*demuxer));
  if (auto done = recording.read_facts(); !done) return std::unexpected(std::move(done.error()));
  if (look == FirstLook::counts && recording.may_be_too_long()) {
    if (auto done = recording.count_packets(fd); !done) return std::unexpected(std::move(done.error()));
  }
  if (auto done = recording.open_decoder(); !done) return std::unexpected(std::move(done.error()));
  auto decoded = recording.decode();
  if (!decoded) return std::unexpected(std::move(decoded.error()));
  recording.frame_waits_ = *decoded;
  if (*decoded) {
    const AVFrame& frame = *recording.frame_;
    recording.facts_.format = {frame.sample_rate, frame.ch_layout.nb_channels};
  } else if (recording.packets_ > 0 || recording.demuxer_->broken()) {
    return std::unexpected(recording.undecodable());
  }
  if (auto fits = recording.check_format(); !fits) return std::unexpected(std::move(fits.error()));
  return recording;
}

Result<void> Recording::read_facts() {
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  attachments_ = demuxer_->take_attachments();
  facts_.container = traits_of(demuxer_->container()).name;
  facts_.codec = avcodec_get_name(audio.codec_id);
  facts_.format = {audio.sample_rate, audio.ch_layout.nb_channels};
  facts_.bit_depth = bit_depth_of(audio);
  facts_.bitrate = audio.bit_rate;
  facts_.declared_s = demuxer_->declared_s();
  facts_.renamed = is_renamed(input_.name, demuxer_->container());
  facts_.tags = attachments_.tags;
  facts_.cover_art = !attachments_.covers.empty() || attachments_.unknown_pictures > 0;
  if (is_riff(demuxer_->container())) {
    const RiffLayout layout = read_riff_layout(demuxer_->bytes());
    complete_ = layout.complete;
    const int bits = av_get_exact_bits_per_sample(audio.codec_id) * audio.ch_layout.nb_channels;
    if (bits > 0 && audio.sample_rate > 0 && layout.data_bytes) {
      facts_.declared_s = 8.0 * static_cast<double>(*layout.data_bytes) / bits / audio.sample_rate;
    }
  }
  if (demuxer_->container() == Container::ogg) {
    const OggLayout layout = read_ogg_layout(demuxer_->bytes());
    links_ = layout.links;
    complete_ = layout.complete;
    if (links_ > static_cast<std::uint64_t>(limits_.max_streams)) {
      return refuse(input_.pointer, "limit_exceeded",
                    "the file is a chain of " + std::to_string(links_) + " Ogg streams; send at most " +
                        std::to_string(limits_.max_streams));
    }
  }
  return {};
}

// Whether the limit of seconds might be met only after much decoding: what the header says of the length is weighed
// against the bytes that there are, since it may be false either way.
bool Recording::may_be_too_long() const {
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  const auto bytes = static_cast<double>(demuxer_->bytes().size());
  if (const int bits = av_get_exact_bits_per_sample(audio.codec_id); bits > 0) {
    return 8 * bytes > limits_.max_seconds * bits * audio.ch_layout.nb_channels * audio.sample_rate;
  }
  if (audio.codec_id == AV_CODEC_ID_MP3 && bytes < sparsest_mp3 * limits_.max_seconds) return false;
  if (!facts_.declared_s || audio.codec_id == AV_CODEC_ID_FLAC) return true;  // hours of silence are some megabytes
  return *facts_.declared_s > limits_.max_seconds || 8 * bytes > densest * *facts_.declared_s;
}

// Hours of audio take a quarter of a minute to decode and encode before the limit is met; to count their packets takes
// a moment. Seconds that only the container tells are not counted: decoding finds them out.
Result<void> Recording::count_packets(int fd) const {
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  const bool samples = av_get_exact_bits_per_sample(audio.codec_id) > 0;
  if (audio.sample_rate <= 0) return {};
  auto demuxer = Demuxer::open(fd, input_, limits_);
  if (!demuxer) return std::unexpected(std::move(demuxer.error()));
  const Av<AVPacket> packet(av_packet_alloc());
  if (!packet) return out_of_memory();
  const double most = (limits_.max_seconds + added_s) * audio.sample_rate;
  PacketLength lengths(audio);
  for (double frames = 0;;) {
    auto more = demuxer->read(*packet);
    if (!more) return std::unexpected(std::move(more.error()));
    if (!*more) return {};
    frames += static_cast<double>(samples ? av_get_audio_frame_duration2(demuxer->stream().codecpar, packet->size)
                                          : lengths.frames(*packet));
    if (frames > most) return std::unexpected(too_long());
  }
}

Result<void> Recording::open_decoder() {
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  const AVCodec* codec = avcodec_find_decoder(audio.codec_id);
  if (!codec || av_match_list(codec->name, decoders_allowed, ',') <= 0) {
    return refuse(input_.pointer, "undecodable",
                  "the file's audio is " + facts_.codec +
                      ", which is not supported; send it as WAV, FLAC, MP3, AAC, "
                      "Opus or Vorbis");
  }
  decoder_.reset(avcodec_alloc_context3(codec));
  packet_.reset(av_packet_alloc());
  frame_.reset(av_frame_alloc());
  planes_ = std::make_unique<Planes>();
  if (!decoder_ || !packet_ || !frame_) return out_of_memory();
  int error = avcodec_parameters_to_context(decoder_.get(), &audio);
  decoder_->pkt_timebase = demuxer_->stream().time_base;
  decoder_->thread_count = 1;
  decoder_->request_sample_fmt = AV_SAMPLE_FMT_S32P;  // planes, where the decoder has a choice
  decoder_->max_samples = 1 << 22;
  if (error >= 0) error = avcodec_open2(decoder_.get(), codec, nullptr);
  if (error == AVERROR(ENOMEM)) return out_of_memory();
  if (error < 0) return std::unexpected(undecodable());
  return {};
}

bool Recording::is_float() const {
  const AVSampleFormat format = av_get_packed_sample_fmt(decoder_->sample_fmt);
  return facts_.bit_depth > 0 && (format == AV_SAMPLE_FMT_FLT || format == AV_SAMPLE_FMT_DBL);
}

Result<bool> Recording::next(const BlockSink& out) {
  if (!frame_waits_) {
    auto decoded = decode();
    if (!decoded) return std::unexpected(std::move(decoded.error()));
    if (!*decoded) {
      if (std::exchange(concluded_, true)) return false;
      if (auto done = finish_adapter(out); !done) return std::unexpected(std::move(done.error()));
      conclude();
      return false;
    }
  }
  frame_waits_ = false;
  if (auto done = hand_on(out); !done) return std::unexpected(std::move(done.error()));
  return true;
}

// The next frame; false when there is none any more.
Result<bool> Recording::decode() {
  for (;;) {
    const int received = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (received >= 0) return true;
    if (received == AVERROR_EOF) return false;
    if (received == AVERROR(ENOMEM)) return out_of_memory();
    if (received != AVERROR(EAGAIN)) {
      ++facts_.decode_errors;
    } else if (drained_) {
      return false;
    }
    auto more = demuxer_->read(*packet_);
    if (!more) return std::unexpected(std::move(more.error()));
    if (*more) {
      cut_padding(*packet_, *demuxer_->stream().codecpar);
      if (packet_->size == 0) continue;
      look_at_packet();
    }
    drained_ = !*more;
    const int sent = avcodec_send_packet(decoder_.get(), *more ? packet_.get() : nullptr);
    if (sent == AVERROR(ENOMEM)) return out_of_memory();
    if (sent < 0 && sent != AVERROR_EOF) ++facts_.decode_errors;
    if (facts_.decode_errors > errors_of_a_damaged_file && facts_.decode_errors > packets_ / 2) {
      return std::unexpected(undecodable());
    }
  }
}

void Recording::look_at_packet() {
  const AVPacket& packet = *packet_;
  std::size_t size = 0;
  const std::uint8_t* skip = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
  if (skip && size >= 8) {
    if (packets_ == 0) skipped_ = little_endian(skip);
    not_played_ += little_endian(skip) + little_endian(skip + 4);
  }
  if (packets_ > 0 && demuxer_->container() == Container::mp3 &&
      has_xing_header({packet.data, static_cast<std::size_t>(packet.size)})) {
    ++inner_headers_;
  }
  ++packets_;
  cut_packet_ = (packet.flags & AV_PKT_FLAG_CORRUPT) != 0 || is_cut(packet, demuxer_->container());
  packet_duration_ = packet.duration;
  demuxed_ += packet.duration;
}

// An M4A says where its last packet's audio ends; libav plays the packet to its end.
int Recording::frames_to_keep() const {
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  if (demuxer_->container() != Container::mp4 || audio.codec_id != AV_CODEC_ID_AAC || packet_duration_ <= 0) {
    return frame_->nb_samples;
  }
  const std::int64_t told =
      av_rescale_q(packet_duration_, demuxer_->stream().time_base, AVRational{1, frame_->sample_rate});
  return static_cast<int>(std::min<std::int64_t>(told, frame_->nb_samples));
}

Result<void> Recording::hand_on(const BlockSink& out) {
  frame_->nb_samples = frames_to_keep();
  const AudioFormat format{frame_->sample_rate, frame_->ch_layout.nb_channels};
  if (format.channels < 1 || format.channels > max_planes || format.sample_rate < 1) {
    ++facts_.decode_errors;
    return {};
  }
  auto block = planes_->of(*frame_);
  if (!block) return std::unexpected(std::move(block.error()));
  if (format == facts_.format) {
    if (auto done = finish_adapter(out); !done) return done;
    return count(*block, out);
  }
  facts_.concatenated = true;
  if (!adapter_ || adapted_from_ != format) {
    if (auto done = finish_adapter(out); !done) return done;
    auto adapter = Resampler::open(format, facts_.format);
    if (!adapter) return std::unexpected(std::move(adapter.error()));
    adapter_ = std::make_unique<Resampler>(std::move(*adapter));
    adapted_from_ = format;
  }
  return adapter_->push(*block, [&](const AudioBlock& made) { return count(made, out); });
}

Result<void> Recording::count(const AudioBlock& block, const BlockSink& out) {
  frames_ += block.frames;
  if (static_cast<double>(frames_) > limits_.max_seconds * facts_.format.sample_rate) {
    return std::unexpected(too_long());
  }
  return out(block);
}

Result<void> Recording::finish_adapter(const BlockSink& out) {
  const auto adapter = std::exchange(adapter_, nullptr);
  if (!adapter) return {};
  return adapter->finish([&](const AudioBlock& made) { return count(made, out); });
}

Result<void> Recording::check_format() const {
  const auto [rate, channels] = facts_.format;
  if (rate >= limits_.min_rate && rate <= limits_.max_rate && channels >= 1 && channels <= limits_.max_channels) {
    return {};
  }
  return refuse(input_.pointer, "limit_exceeded",
                "the file's audio has " + std::to_string(channels) + " channels at " + std::to_string(rate) +
                    " samples a second; send up to " + std::to_string(limits_.max_channels) + " at " +
                    std::to_string(limits_.min_rate) + " to " + std::to_string(limits_.max_rate));
}

Error Recording::undecodable() const {
  return refusal(input_.pointer, "undecodable",
                 "the file's " + facts_.codec + " audio cannot be decoded; it is damaged: send it again");
}

Error Recording::too_long() const {
  return refusal(
      input_.pointer, "too_long",
      "the audio is longer than " + std::to_string(std::lround(limits_.max_seconds)) + " seconds; send a shorter one");
}

void Recording::conclude() {
  const int rate = facts_.format.sample_rate;
  const AVCodecParameters& audio = *demuxer_->stream().codecpar;
  facts_.decoded_s = rate > 0 ? static_cast<double>(frames_) / rate : 0;
  facts_.truncated = is_truncated();
  facts_.invalid_samples = planes_->not_finite();
  // Xing counts whole frames, played or not.
  if (demuxer_->container() == Container::mp3 && facts_.declared_s)
    *facts_.declared_s -= static_cast<double>(not_played_) / rate;
  const bool joined = links_ > 1 || inner_headers_ > 0 ||
                      ((demuxer_->container() == Container::mp3 || demuxer_->container() == Container::adts) &&
                       demuxer_->bytes().inner_tags() > 0);
  facts_.concatenated = facts_.concatenated || joined;
  facts_.encoder_delay_unknown =
      frames_ > 0 && has_encoder_delay(audio.codec_id) && skipped_ == 0 && audio.initial_padding == 0;
  if (facts_.bitrate <= 0 && facts_.decoded_s > 0) {
    facts_.bitrate = std::llround(8 * static_cast<double>(demuxer_->bytes().size()) / facts_.decoded_s);
  }
}

bool Recording::is_truncated() const {
  if (demuxer_->broken() || !complete_) return true;
  if (is_riff(demuxer_->container())) return false;
  if (cut_packet_) return true;
  if (!facts_.declared_s) return false;
  const AVStream& stream = demuxer_->stream();
  const double demuxed_s = static_cast<double>(demuxed_) * av_q2d(stream.time_base);
  // Xing counts whole frames, other containers what is played.
  if (demuxer_->container() == Container::mp3) return demuxed_s < *facts_.declared_s - 0.005;
  const bool exact = is_exact(stream.codecpar->codec_id);
  // A last frame that is cut was demuxed, but not decoded.
  if (exact) return facts_.decoded_s < *facts_.declared_s - 0.002;
  const double frame_s = 2.0 * stream.codecpar->frame_size / facts_.format.sample_rate;
  return std::max(demuxed_s, facts_.decoded_s) < *facts_.declared_s - frame_s;
}

}  // namespace soundbite::media
