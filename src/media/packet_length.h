// How much audio packets hold.
#pragma once

#include <cstdint>

#include "media/av.h"

namespace soundbite::media {

// For the packets of one stream in their order. For one thread.
class PacketLength {
 public:
  // `audio` must outlive it.
  explicit PacketLength(const AVCodecParameters& audio);

  // Frames by the packet's own first bytes, whatever its container says of time; 0 where those do not tell. All
  // together are at most one packet more than a decoder would make of them.
  std::int64_t frames(const AVPacket& packet);

 private:
  std::int64_t vorbis_frames(const AVPacket& packet);

  const AVCodecParameters& audio_;
  Av<AVVorbisParseContext> vorbis_;  // its packets tell their own length only beside the headers of the stream
};

}  // namespace soundbite::media
