// Headers of frames that follow one another without a container around them: MPEG audio layer III and AAC in ADTS.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace soundbite {

struct MpegFrame {
  int version = 0;         // as in the header: 0 is MPEG-2.5, 2 is MPEG-2, 3 is MPEG-1
  int rate = 0;            // Hz
  std::size_t length = 0;  // bytes, with the header

  // Nullopt when these bytes begin no frame of layer III with a stated bitrate.
  static std::optional<MpegFrame> read(std::string_view bytes);
  bool continues(const MpegFrame& before) const { return version == before.version && rate == before.rate; }
};

struct AdtsFrame {
  int profile = 0;     // as in the header
  int rate_index = 0;  // as in the header
  int channels = 0;    // as in the header
  std::size_t length = 0;

  static std::optional<AdtsFrame> read(std::string_view bytes);
  bool continues(const AdtsFrame& before) const {
    return profile == before.profile && rate_index == before.rate_index && channels == before.channels;
  }
};

// True for the tags that some writers put behind the last frame.
bool begins_with_end_tag(std::string_view bytes);

// True when a frame is at the beginning and another one that continues it behind it, as far as that is within `bytes`:
// random bytes pass for one frame once in some 20,000 times, for two hardly ever.
template <class Frame>
bool begins_with_frames(std::string_view bytes) {
  constexpr std::size_t longest_header = 7;
  const auto first = Frame::read(bytes);
  if (!first) return false;
  if (first->length + longest_header > bytes.size()) return true;
  bytes.remove_prefix(first->length);
  const auto second = Frame::read(bytes);
  return second ? second->continues(*first) : begins_with_end_tag(bytes);
}

}  // namespace soundbite
