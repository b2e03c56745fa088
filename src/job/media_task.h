// What the media child is asked to make of one recording (or of PCM), and what it answers. Pure data; media_task_json.h
// has its form on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "job/job_spec.h"
#include "job/recipe.h"

namespace soundbite {

// What outside media may cost. Seconds are counted while decoding, never believed.
struct MediaLimits {
  double min_seconds = 0.1;
  double max_seconds = 3'600;
  int min_rate = 8'000;  // Hz
  int max_rate = 384'000;
  int max_channels = 8;
  int max_streams = 8;
  std::uint64_t max_tag_bytes = 1 << 20;
  std::uint64_t max_art_bytes = 10 << 20;
  std::uint64_t max_output_bytes = std::uint64_t{4} << 30;
  bool operator==(const MediaLimits&) const = default;
};

struct MediaInput {
  std::string pointer;  // of the request's field that named it: where its errors are reported
  std::string name;     // as the client called it: only to tell that its extension is another
  bool operator==(const MediaInput&) const = default;
};

struct MediaTask {
  // The source first, unless it is PCM; then the recipe's files, as files_of() lists them.
  std::vector<MediaInput> inputs;
  std::optional<int> pcm_rate = {};  // Hz: the source is mono floats that are written, not a file
  Recipe recipe;
  OutputSpec output;
  bool make_audio = true;
  bool analyse = false;        // analysis, waveform and pictures, of the source and of what was made
  bool draw_waveform = false;  // the waveform of the source and nothing else: without make_audio and analyse
  bool tap_speech = false;     // stream the source back, mono at detector_rate
  MediaLimits limits;
  bool operator==(const MediaTask&) const = default;
};

// The finished file decoded again and measured, against what was asked.
struct Verification {
  std::optional<double> requested_lufs;
  std::optional<double> requested_true_peak;  // dBTP
  std::optional<double> achieved_lufs;        // none: silent or too short to measure
  std::optional<double> achieved_true_peak;   // none: silent
  double predicted_s = 0;                     // duration that went into the encoder
  double achieved_s = 0;                      // duration that came out of the finished file
  bool pass = false;
  std::string reason;  // why not, or why the target was not reached although nothing is wrong; may be empty
  bool operator==(const Verification&) const = default;
};

struct MediaOutcome {
  int sample_rate = 0;  // Hz; of the finished audio, 0 when none was asked
  int channels = 0;
  std::uint64_t frames = 0;
  double duration_s = 0;
  std::optional<Verification> verification;
  std::vector<std::string> dropped;  // what the source had and the output's container cannot hold: "cover art"
  std::string analysis;              // a JSON object {"input": {…}, "output": {…}}; empty when none was asked
  bool operator==(const MediaOutcome&) const = default;
};

}  // namespace soundbite
