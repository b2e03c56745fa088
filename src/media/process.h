// The pipeline: decode → operations → measure → encode → decode again and verify. A plain function over file
// descriptors; who calls it, and in which process, is the caller's affair.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "job/media_task.h"
#include "media/pcm.h"

namespace soundbite::media {

struct ProcessDescriptors {
  std::vector<int> inputs;  // as MediaTask::inputs; seekable
  int pcm = -1;             // native floats, mono, to the end; with pcm_rate
  int audio = -1;           // with make_audio
  int waveform = -1;        // with analyse or draw_waveform
  int waveform_png = -1;    // these two with analyse
  int spectrogram_png = -1;
  int speech = -1;  // a socket: native floats, mono, 16 kHz; with tap_speech
  int spool = -1;   // an empty file for samples that are needed later; −1: they stay in memory, whatever it takes
};

// Errors: invalid with fields, whose pointers are those of the task (codes: unsupported_media, undecodable, no_audio,
// too_short, too_long, limit_exceeded, nothing_left, not_for_this_audio); storage_full; unavailable; internal.
// `on_progress` hears 0–1, often.
Result<MediaOutcome> process(const MediaTask& task, const ProcessDescriptors& descriptors,
                             std::function<void(double done)> on_progress);

}  // namespace soundbite::media
