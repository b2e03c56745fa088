#include "job/media_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "job/frame_header.h"

namespace soundbite {

namespace {

using namespace std::string_view_literals;

constexpr std::array<ContainerTraits, 11> containers = {{
    {Container::wav, "wav", "audio/wav", "wav", "wav wave"},
    {Container::w64, "w64", "audio/x-w64", "w64", "w64"},
    {Container::rf64, "rf64", "audio/wav", "wav", "wav rf64 bw64"},
    {Container::aiff, "aiff", "audio/aiff", "aiff", "aiff aif aifc"},
    {Container::flac, "flac", "audio/flac", "flac", "flac"},
    {Container::mp3, "mp3", "audio/mpeg", "mp3", "mp3 mpga"},
    {Container::adts, "adts", "audio/aac", "aac", "aac adts"},
    {Container::mp4, "mp4", "audio/mp4", "mov", "m4a mp4 mov m4b m4v 3gp 3g2"},
    {Container::ogg, "ogg", "audio/ogg", "ogg", "ogg oga opus ogv spx"},
    {Container::matroska, "matroska", "audio/x-matroska", "matroska", "mka mkv webm weba"},
    {Container::caf, "caf", "audio/x-caf", "caf", "caf"},
}};

// The first bytes as text, for comparisons.
std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

bool has_at(std::string_view bytes, std::size_t at, std::string_view wanted) {
  return bytes.size() >= at && bytes.substr(at).starts_with(wanted);
}

bool is_w64(std::string_view bytes) {
  constexpr auto riff = "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"sv;
  constexpr auto wave = "wave\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"sv;
  return has_at(bytes, 0, riff) && has_at(bytes, 24, wave);
}

// "fLaC", then the block STREAMINFO, which comes first and has 34 bytes (RFC 9639); its top bit: no other block
// follows.
bool is_flac(std::string_view bytes) {
  return has_at(bytes, 0, "fLaC"sv) &&
         (has_at(bytes, 4, "\x00\x00\x00\x22"sv) || has_at(bytes, 4, "\x80\x00\x00\x22"sv));
}

// An ISO base media file that may hold sound. Pictures are in the same container: their brands are refused.
bool is_mp4(std::string_view bytes) {
  constexpr std::array pictures = {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv, "hevx"sv, "hevm"sv, "hevs"sv,
                                   "mif1"sv, "msf1"sv, "mif2"sv, "miaf"sv, "avif"sv, "avis"sv, "avci"sv, "avcs"sv,
                                   "jpeg"sv, "jpgs"sv, "jp2 "sv, "jpx "sv, "jpm "sv, "jxl "sv, "crx "sv, "pict"sv};
  if (!has_at(bytes, 4, "ftyp"sv) || bytes.size() < 12) return false;
  if (byte_at(bytes, 0) != 0 || byte_at(bytes, 1) != 0) return false;  // a list of brands is far below 64 KiB
  if (byte_at(bytes, 2) == 0 && byte_at(bytes, 3) < 12) return false;
  return std::ranges::find(pictures, bytes.substr(8, 4)) == pictures.end();
}

// The value of an EBML number at `at`, which is moved behind it; its length is in the leading zero bits of its first
// byte.
std::optional<std::uint64_t> ebml_number(std::string_view bytes, std::size_t& at, bool keep_marker) {
  if (at >= bytes.size() || bytes[at] == 0) return std::nullopt;
  std::uint8_t first = byte_at(bytes, at);
  const auto length = static_cast<std::size_t>(std::countl_zero(first)) + 1;
  if (bytes.size() - at < length) return std::nullopt;
  if (!keep_marker) first = static_cast<std::uint8_t>(first & (0xFF >> length));
  std::uint64_t value = first;
  for (std::size_t i = 1; i < length; ++i) value = value << 8 | byte_at(bytes, at + i);
  at += length;
  return value;
}

// The EBML header names the kind of document.
bool is_matroska(std::string_view bytes) {
  constexpr std::uint64_t doc_type = 0x4282;
  if (!has_at(bytes, 0, "\x1a\x45\xdf\xa3"sv)) return false;
  std::size_t at = 4;
  const auto size = ebml_number(bytes, at, false);
  if (!size) return false;
  const std::size_t end = at + static_cast<std::size_t>(std::min<std::uint64_t>(*size, bytes.size() - at));
  while (at < end) {
    const auto id = ebml_number(bytes, at, true);
    const auto length = id ? ebml_number(bytes, at, false) : std::nullopt;
    if (!length || *length > end - at) return false;
    std::string_view value = bytes.substr(at, static_cast<std::size_t>(*length));
    if (*id == doc_type) {
      value = value.substr(0, value.find('\0'));  // it may be padded
      return value == "matroska" || value == "webm";
    }
    at += value.size();
  }
  return false;
}

// The length of an ID3v2 tag at the beginning, its header included; 0 when there is none.
std::size_t id3_length(std::string_view bytes) {
  constexpr std::size_t header = 10;
  if (!has_at(bytes, 0, "ID3"sv) || bytes.size() < header) return 0;
  if (byte_at(bytes, 3) == 0xFF || byte_at(bytes, 4) == 0xFF) return 0;
  std::size_t size = 0;
  for (std::size_t i = 6; i < header; ++i) {
    if (byte_at(bytes, i) > 0x7F) return 0;
    size = size << 7 | byte_at(bytes, i);
  }
  const bool footer = (byte_at(bytes, 5) & 0x10) != 0;
  return header + size + (footer ? header : 0);
}

std::optional<Container> sniff_frames(std::string_view bytes) {
  if (begins_with_frames<MpegFrame>(bytes)) return Container::mp3;
  if (begins_with_frames<AdtsFrame>(bytes)) return Container::adts;
  return std::nullopt;
}

// Some writers put several tags, and zeros, in front of the first frame.
std::optional<Container> sniff_behind_tag(std::string_view bytes) {
  while (const std::size_t length = id3_length(bytes)) {
    if (length >= bytes.size()) return Container::mp3;
    bytes.remove_prefix(length);
  }
  if (is_flac(bytes)) return Container::flac;
  const std::size_t first = bytes.find_first_not_of('\0');
  if (first == std::string_view::npos) return Container::mp3;
  return sniff_frames(bytes.substr(first));
}

}  // namespace

const ContainerTraits& traits_of(Container container) { return containers[static_cast<std::size_t>(container)]; }

std::optional<Container> sniff_container(std::span<const std::byte> first_bytes) {
  const std::string_view bytes = text_of(first_bytes);
  if (has_at(bytes, 8, "WAVE"sv)) {
    if (has_at(bytes, 0, "RIFF"sv)) return Container::wav;
    if (has_at(bytes, 0, "RF64"sv) || has_at(bytes, 0, "BW64"sv)) return Container::rf64;
  }
  if (has_at(bytes, 0, "FORM"sv) && (has_at(bytes, 8, "AIFF"sv) || has_at(bytes, 8, "AIFC"sv))) return Container::aiff;
  if (is_w64(bytes)) return Container::w64;
  if (is_flac(bytes)) return Container::flac;
  if (has_at(bytes, 0, "OggS\0"sv)) return Container::ogg;
  if (is_mp4(bytes)) return Container::mp4;
  if (is_matroska(bytes)) return Container::matroska;
  if (has_at(bytes, 0, "caff\x00\x01"sv)) return Container::caf;
  if (id3_length(bytes) > 0) return sniff_behind_tag(bytes);
  return sniff_frames(bytes);
}

}  // namespace soundbite
