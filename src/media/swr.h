// libswresample, set up the one way that this room uses it.
#pragma once

#include "media/av.h"
#include "media/block.h"

namespace soundbite::media {

enum class ResampleQuality { fine, fast };  // soxr; libswresample's own, for what is only looked at

// Planar floats in; `format` out. Channels by channel_matrix(). Errors: internal, unavailable (no memory).
Result<Av<SwrContext>> open_swr(AudioFormat from, AudioFormat to, AVSampleFormat format, ResampleQuality quality);

AVChannelLayout layout_of(int channels);

}  // namespace soundbite::media
