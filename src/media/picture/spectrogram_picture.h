// The spectrogram of a recording as a picture of 1,200 × 500, with axes of time and frequency and a legend of levels.
#pragma once

#include "media/analysis/spectrogram_columns.h"
#include "media/picture/canvas.h"

namespace soundbite::media {

// Of what was finished.
Canvas draw_spectrogram(const SpectrogramColumns& columns, double duration_s, int sample_rate);

}  // namespace soundbite::media
