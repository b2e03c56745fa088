#include "media/packet_length.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

namespace soundbite::media {
namespace {

using Bytes = std::span<const std::uint8_t>;

// RFC 9639, 9.1: four bits of the frame's header, or a number behind the coded number of the frame.
std::int64_t flac_frames(Bytes bytes) {
  if (bytes.size() < 5 || bytes[0] != 0xFF) return 0;
  const unsigned code = bytes[2] >> 4;
  if (code >= 8) return std::int64_t{256} << (code - 8);
  if (code >= 2 && code <= 5) return std::int64_t{576} << (code - 2);
  if (code == 1) return 192;
  if (code == 0) return 0;
  const auto ones = static_cast<std::size_t>(std::countl_one(bytes[4]));
  const std::size_t at = 4 + std::max<std::size_t>(ones, 1);
  if (at + 1 >= bytes.size()) return 0;
  return code == 6 ? bytes[at] + 1 : (bytes[at] << 8 | bytes[at + 1]) + 1;
}

// RFC 6716, 3.1: the first byte tells the length of each of the packet's frames, and how many there are. Of 48,000.
std::int64_t opus_frames(Bytes bytes) {
  if (bytes.empty()) return 0;
  const unsigned mode = bytes[0] >> 3;
  constexpr std::array<std::int64_t, 4> silk = {480, 960, 1'920, 2'880}, celt = {120, 240, 480, 960};
  const std::int64_t one = mode < 12 ? silk[mode % 4] : mode < 16 ? silk[mode % 2] : celt[mode % 4];
  constexpr std::int64_t longest = 5'760;
  switch (bytes[0] & 3U) {
    case 0: return one;
    case 1:
    case 2: return 2 * one;
    default: return bytes.size() < 2 ? 0 : std::min(one * (bytes[1] & 0x3F), longest);
  }
}

std::uint32_t big_endian(Bytes four) {
  return std::uint32_t{four[0]} << 24 | std::uint32_t{four[1]} << 16 | std::uint32_t{four[2]} << 8 | four[3];
}

// All packets are as long as the stream's header says, but those whose 20th bit announces a number (from the 24th on).
std::int64_t alac_frames(const AVCodecParameters& audio, Bytes bytes) {
  constexpr int longest_at = 12;
  if (audio.extradata_size < longest_at + 4 || bytes.size() < 7) return 0;
  const std::int64_t longest = big_endian(Bytes(audio.extradata + longest_at, 4));
  if ((bytes[2] & 0x10) == 0) return longest;
  const std::uint64_t behind = std::uint64_t{bytes[2] & 1U} << 32 | big_endian(bytes.subspan(3, 4));
  return std::min<std::int64_t>(static_cast<std::int64_t>(behind >> 1), longest);
}

}  // namespace

PacketLength::PacketLength(const AVCodecParameters& audio) : audio_(audio) {
  if (audio.codec_id == AV_CODEC_ID_VORBIS) vorbis_.reset(av_vorbis_parse_init(audio.extradata, audio.extradata_size));
}

std::int64_t PacketLength::vorbis_frames(const AVPacket& packet) {
  std::size_t size = 0;
  if (const auto* headers = av_packet_get_side_data(&packet, AV_PKT_DATA_NEW_EXTRADATA, &size)) {
    vorbis_.reset(av_vorbis_parse_init(headers, static_cast<int>(size)));  // another stream behind the first
  }
  int flags = 0;
  const int frames = vorbis_ ? av_vorbis_parse_frame_flags(vorbis_.get(), packet.data, packet.size, &flags) : 0;
  return flags == 0 ? std::max(frames, 0) : 0;
}

std::int64_t PacketLength::frames(const AVPacket& packet) {
  const Bytes bytes(packet.data, static_cast<std::size_t>(std::max(packet.size, 0)));
  switch (audio_.codec_id) {
    case AV_CODEC_ID_FLAC: return flac_frames(bytes);
    case AV_CODEC_ID_OPUS: return opus_frames(bytes) * audio_.sample_rate / 48'000;
    case AV_CODEC_ID_VORBIS: return vorbis_frames(packet);
    case AV_CODEC_ID_ALAC: return alac_frames(audio_, bytes);
    case AV_CODEC_ID_MP3: return audio_.sample_rate > 24'000 ? 1'152 : 576;
    // The shortest that each kind may have: most have 1,024, or twice as many with the spectrum's upper half made up.
    case AV_CODEC_ID_AAC:
      return audio_.profile == FF_PROFILE_AAC_LD || audio_.profile == FF_PROFILE_AAC_ELD ? 480 : 960;
    default: return 0;
  }
}

}  // namespace soundbite::media
