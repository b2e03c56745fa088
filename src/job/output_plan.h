// A request for audio, settled: what was left open is chosen from the source and the format. Pure.
#pragma once

#include "base/error.h"
#include "job/job_spec.h"

namespace soundbite {

// Hz. What a source may have: far below any voice, up to the highest rate of any format.
inline constexpr int min_source_rate = 4'000;
inline constexpr int max_source_rate = 384'000;
inline constexpr int max_source_channels = 8;

struct OutputPlan {
  Format format = Format::mp3;
  int sample_rate = 0;  // Hz
  int channels = 1;
  int bitrate = 0;  // bits per second of all channels; 0: the format has none
  bool operator==(const OutputPlan&) const = default;
};

// The source has `source_channels` (1–8) at `source_rate` Hz. Channels not asked: the source's; 2 where the format
// cannot hold so many: they are to be mixed. A rate not asked: nearest_sample_rate, or, with a
// bitrate that is not for that rate, the nearest one that takes it. A bitrate not asked: the default of that rate.
// Errors: internal when the source's rate or channels are out of bounds; invalid with FieldErrors, exactly when
// check_output finds one for the channels that come out. So what was accepted for one channel never fails for one; what
// was accepted for a recording (check_output_of_recording) may fail once its channels are known, and only when a
// bitrate was asked and channels were not.
Result<OutputPlan> plan_output(const OutputSpec& spec, int source_rate, int source_channels = 1);

// True for every result of plan_output.
bool is_possible(const OutputPlan& plan);

}  // namespace soundbite
