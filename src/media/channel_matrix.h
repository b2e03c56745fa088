// How channels of one number become channels of another.
#pragma once

#include <array>

#include "media/planar.h"

namespace soundbite::media {

// matrix[to][from]
using ChannelMatrix = std::array<std::array<double, max_planes>, max_planes>;

// One channel is doubled at its full level, so that both play the whole of it. More are folded down with the weights of
// ITU-R BS.775 (the centre and each surround at −3 dB, no LFE), scaled so that nothing that fitted passes full scale.
// To one: the mean of the fold to two. To more than there are: the first channels are kept, the others silent.
// Orders are libav's; three channels are taken for left, right, centre, and four for left, right and two surrounds, as
// FLAC, Vorbis and Opus define them. Pure.
ChannelMatrix channel_matrix(int from, int to);

}  // namespace soundbite::media
