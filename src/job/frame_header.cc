#include "job/frame_header.h"

#include <array>
#include <cstdint>

namespace soundbite {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

// kbit/s by the index of the header; 0: refused (free format, or none).
constexpr std::array<int, 16> mpeg1_bitrates = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
constexpr std::array<int, 16> mpeg2_bitrates = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};
constexpr std::array<int, 4> mpeg1_rates = {44'100, 48'000, 32'000, 0};

}  // namespace

std::optional<MpegFrame> MpegFrame::read(std::string_view bytes) {
  constexpr int layer_three = 1;
  constexpr int mpeg1 = 3;
  if (bytes.size() < 4 || byte_at(bytes, 0) != 0xFF || byte_at(bytes, 1) < 0xE0) return std::nullopt;
  const int version = byte_at(bytes, 1) >> 3 & 3;
  const int layer = byte_at(bytes, 1) >> 1 & 3;
  if (version == 1 || layer != layer_three || (byte_at(bytes, 3) & 3) == 2) return std::nullopt;
  const int index = byte_at(bytes, 2) >> 4;
  const int bitrate = 1'000 * (version == mpeg1 ? mpeg1_bitrates : mpeg2_bitrates)[static_cast<std::size_t>(index)];
  int rate = mpeg1_rates[byte_at(bytes, 2) >> 2 & 3U];
  if (bitrate == 0 || rate == 0) return std::nullopt;
  if (version != mpeg1) rate /= version == 0 ? 4 : 2;
  const int padding = byte_at(bytes, 2) >> 1 & 1;
  const int samples_in_bytes = version == mpeg1 ? 144 : 72;  // samples of a frame, divided by 8 bits
  return MpegFrame{version, rate, static_cast<std::size_t>(samples_in_bytes * bitrate / rate + padding)};
}

std::optional<AdtsFrame> AdtsFrame::read(std::string_view bytes) {
  constexpr int header = 7;
  constexpr int rates = 13;
  if (bytes.size() < header || byte_at(bytes, 0) != 0xFF || (byte_at(bytes, 1) & 0xF6) != 0xF0) return std::nullopt;
  const int third = byte_at(bytes, 2);
  AdtsFrame frame{
      .profile = third >> 6, .rate_index = third >> 2 & 15, .channels = (third & 1) << 2 | byte_at(bytes, 3) >> 6};
  const int length = (byte_at(bytes, 3) & 3) << 11 | byte_at(bytes, 4) << 3 | byte_at(bytes, 5) >> 5;
  if (frame.rate_index >= rates || length <= header) return std::nullopt;
  frame.length = static_cast<std::size_t>(length);
  return frame;
}

bool begins_with_end_tag(std::string_view bytes) { return bytes.starts_with("TAG") || bytes.starts_with("APETAGEX"); }

}  // namespace soundbite
