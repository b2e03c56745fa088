// The finished file decoded again and measured.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "job/media_task.h"
#include "job/output_plan.h"
#include "media/analysis/analyzer.h"
#include "media/progress.h"

namespace soundbite::media {

struct Achieved {
  std::optional<double> lufs;       // none: silent or too short to measure
  std::optional<double> true_peak;  // dBTP; none: silent
  double seconds = 0;
  std::string analysis;                // "output" of the analysis document, when one was asked
  std::unique_ptr<Analyzer> analyzer;  // then, for waveform and pictures
};

// Errors: internal when the file cannot be decoded; unavailable.
Result<Achieved> measure_finished(int fd, bool analyse, bool dual_mono, Progress& progress);

struct Request {
  std::optional<double> lufs;
  std::optional<double> true_peak;      // dBTP
  std::optional<double> expected_lufs;  // what went into the encoder, where operations behind loudness changed it
  std::string reason;                   // why the target cannot be reached, if it cannot
};

// `frames` went into the encoder. Pass: as long as that, to a frame of the codec; as loud as asked, within 0.5 LU, or
// there is a reason why not; true peaks at most 0.1 dB over the ceiling.
Verification verify(const Request& request, const Achieved& achieved, const OutputPlan& plan, std::uint64_t frames);

}  // namespace soundbite::media
