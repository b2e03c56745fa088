// PCM to finished audio: resample, encode, mux. Plain functions over file descriptors; who calls them, and in which
// process, is the caller's affair.
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "job/output_plan.h"
#include "media/pcm.h"

namespace soundbite::media {

struct EncodeJob {
  int input_rate = 0;  // Hz, of the mono samples that come in
  OutputPlan plan;
};

struct EncodeReport {
  std::uint64_t frames = 0;  // samples per channel that went in, at the plan's rate
};

// Runs until `source` ends. `output_fd` stays the caller's: a regular file is written from its position on and its
// headers are patched (m4a with its index in front when the file can be read as well), a pipe gets what its container
// can stream. `on_progress` is called with the frames made up to now after each block, and about once a second while
// the output's reader is slow. Errors: invalid (an impossible plan, no samples at all, more than a WAV file holds),
// storage_full, unavailable, internal.
Result<EncodeReport> encode(const EncodeJob& job, PcmSource source, int output_fd,
                            std::function<void(std::uint64_t frames)> on_progress);

// libav prints nothing from here on: what goes wrong is in the results.
void quieten_libav();

}  // namespace soundbite::media
