// The waveform of a recording as a picture of 1,200 × 300: peaks and, brighter, the effective level, each channel on a
// lane of its own, above a time axis.
#pragma once

#include "media/analysis/level_map.h"
#include "media/analysis/waveform_builder.h"
#include "media/picture/canvas.h"

namespace soundbite::media {

// Of what was finished.
Canvas draw_waveform(const WaveformBuilder& waveform, const LevelMap& levels);

}  // namespace soundbite::media
