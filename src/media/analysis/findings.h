// All that was measured of a recording, as plain data, and what is made of it: the document and its insights. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "job/recipe.h"
#include "media/analysis/analyzer.h"
#include "media/analysis/clipping.h"
#include "media/analysis/level_map.h"
#include "media/analysis/loudness_meter.h"
#include "media/analysis/spectrum.h"
#include "media/analysis/stereo_image.h"

namespace soundbite::media {

struct Findings {
  SourceFacts source;
  LoudnessResult loudness;
  std::uint64_t clipped_samples = 0;
  std::uint64_t clipped_runs = 0;
  std::vector<ClippedRun> clipped;  // the first of them
  std::vector<double> dc_offset;    // of each channel
  std::vector<Stretch> silences;
  double silence_threshold_db = 0;
  Levels levels;
  SpectrumFacts spectrum;
  std::optional<StereoFacts> stereo;
  std::optional<std::string> fingerprint;
};

// Below it a moment is silent: 40 dB under the level of speech, but from −70 to −50 dBFS.
double silence_threshold(const Levels& levels);

struct Insight {
  std::string code;            // stable, snake_case
  std::optional<double> at_s;  // where it is heard first
  std::string text;            // a sentence or two
  std::optional<Operation> operation;
};

// What a listener would notice or a producer should know, the gravest first.
std::vector<Insight> insights_of(const Findings& findings);

// The document of docs/analysis.md: a JSON object without inf and NaN.
std::string analysis_json(const Findings& findings);

}  // namespace soundbite::media
