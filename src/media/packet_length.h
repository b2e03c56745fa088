// How much audio a packet holds.
#pragma once

#include <cstdint>

#include "media/av.h"

namespace soundbite::media {

// Frames by the packet's own first bytes, whatever its container says of time; 0 where those do not tell, and never
// more than a decoder would make of it.
std::int64_t frames_of_packet(const AVCodecParameters& audio, const AVPacket& packet);

}  // namespace soundbite::media
