#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "media/analysis/findings.h"

namespace soundbite::media {

namespace {

constexpr double podcast_lufs = -16;
constexpr double loudness_tolerance_lu = 2;
constexpr double highest_true_peak = -1;  // dBTP
constexpr double long_edge_s = 1;
constexpr double long_pause_s = 3;
constexpr double noisy_snr_db = 20;
constexpr double audible_dc = 0.005;

// "12.3 s", "2 min 5.1 s".
std::string time_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const double minutes = std::floor(seconds / 60);
  return fmt::format("{:.0f} min {:.1f} s", minutes, seconds - minutes * 60);
}

using Insights = std::vector<Insight>;

void of_the_file(const SourceFacts& source, Insights& out) {
  if (source.truncated) {
    const std::string declared =
        source.declared_s ? fmt::format(" of the {} that it declares", time_text(*source.declared_s)) : "";
    out.push_back({"truncated",
                   source.decoded_s,
                   fmt::format("The file is cut off: {} could be decoded{}. Upload it again from its source.",
                               time_text(source.decoded_s), declared),
                   {}});
  }
  if (source.decode_errors > 0) {
    out.push_back({"damaged",
                   {},
                   fmt::format("{} parts of the file could not be decoded; there are gaps or clicks where they were.",
                               source.decode_errors),
                   {}});
  }
  if (source.invalid_samples > 0) {
    out.push_back({"invalid_samples",
                   {},
                   fmt::format("{} samples are infinite or no numbers and were made silent: what wrote the file has a "
                               "fault, and they may be heard as clicks.",
                               source.invalid_samples),
                   {}});
  }
  if (source.concatenated) {
    out.push_back({"concatenated",
                   {},
                   "Several files were put behind one another in it; some players stop after the first.",
                   {}});
  }
  if (source.renamed) {
    out.push_back(
        {"renamed", {}, fmt::format("Its name has the extension of another format; it is {}.", source.container), {}});
  }
  if (source.encoder_delay_unknown) {
    out.push_back({"encoder_delay_unknown",
                   {},
                   "The file does not say how much silence its encoder put before the audio, so times may be late by "
                   "about 25 ms.",
                   {}});
  }
}

void of_peaks(const Findings& findings, Insights& out) {
  if (findings.clipped_runs > 0) {
    const double at = findings.clipped.empty() ? 0 : findings.clipped.front().start_s;
    const std::string others =
        findings.clipped_runs == 1 ? "" : fmt::format(" and in {} more places", findings.clipped_runs - 1);
    out.push_back({"clipped",
                   at,
                   fmt::format("Clipped at {}{} ({} samples in all): peaks were cut off at full scale, which no "
                               "operation brings back. Record at a lower level.",
                               time_text(at), others, findings.clipped_samples),
                   {}});
  }
  const auto peak = findings.loudness.true_peak;
  if (peak && *peak > highest_true_peak) {
    out.push_back(
        {"true_peak_high",
         {},
         fmt::format("Its true peak is {:+.1f} dBTP; above -1 dBTP lossy formats and converters distort.", *peak),
         operation::Gain{std::floor((highest_true_peak - *peak) * 10) / 10}});
  }
}

void of_loudness(const LoudnessResult& loudness, Insights& out) {
  if (loudness.too_short) {
    out.push_back({"too_short", {}, "It is shorter than 0.4 s, so its loudness is a plain average without gates.", {}});
  }
  if (!loudness.integrated) return;
  const double difference = *loudness.integrated - podcast_lufs;
  if (std::abs(difference) <= loudness_tolerance_lu) return;
  out.push_back({difference < 0 ? "too_quiet" : "too_loud",
                 {},
                 fmt::format("At {:.1f} LUFS it is {:.1f} LU {} than the -16 LUFS that is usual for speech.",
                             *loudness.integrated, std::abs(difference), difference < 0 ? "quieter" : "louder"),
                 operation::Loudness{.target_lufs = podcast_lufs}});
}

void of_silences(const Findings& findings, Insights& out) {
  const double end = findings.source.decoded_s;
  const double threshold = std::round(findings.silence_threshold_db);
  const operation::Silence trim{.threshold_db = threshold};
  std::size_t pauses = 0;
  const Stretch* longest = nullptr;
  for (const Stretch& silence : findings.silences) {
    const double length = silence.end_s - silence.start_s;
    const bool at_start = silence.start_s < 0.02;
    const bool at_end = silence.end_s > end - 0.02;
    if (at_start && length >= long_edge_s) {
      out.push_back({"silence_at_start", 0.0, fmt::format("It begins with {} of silence.", time_text(length)), trim});
    } else if (at_end && length >= long_edge_s) {
      out.push_back(
          {"silence_at_end", silence.start_s,
           fmt::format("It ends with {} of silence, from {} on.", time_text(length), time_text(silence.start_s)),
           trim});
    } else if (!at_start && !at_end && length >= long_pause_s) {
      ++pauses;
      if (longest == nullptr || length > longest->end_s - longest->start_s) longest = &silence;
    }
  }
  if (longest == nullptr) return;
  out.push_back(
      {"long_pause", longest->start_s,
       fmt::format("{} is silent for {} or longer; the longest, {}, begins at {}.",
                   pauses == 1 ? "One stretch" : fmt::format("{} stretches, each of which", pauses),
                   time_text(long_pause_s), time_text(longest->end_s - longest->start_s), time_text(longest->start_s)),
       operation::Silence{.mode = operation::Silence::Mode::remove,
                          .threshold_db = threshold,
                          .minimum_s = long_pause_s,
                          .keep_s = 1}});
}

void of_quality(const Findings& findings, Insights& out) {
  const Levels& levels = findings.levels;
  if (levels.noise_floor && levels.speech_level) {
    const double snr = *levels.speech_level - *levels.noise_floor;
    // Under 6 dB nothing stands out: a tone, steady music, noise itself.
    if (snr >= 6 && snr < noisy_snr_db) {
      out.push_back(
          {"noisy",
           {},
           fmt::format("The quiet moments lie at {:.0f} dBFS, only {:.0f} dB under the loud ones: there is noise, "
                       "or music without pauses.",
                       *levels.noise_floor, snr),
           operation::Denoise{}});
    }
  }
  for (std::size_t c = 0; c < findings.dc_offset.size(); ++c) {
    if (std::abs(findings.dc_offset[c]) < audible_dc) continue;
    out.push_back(
        {"dc_offset",
         {},
         fmt::format("Channel {} is off centre by {:+.1f} % of full scale, which costs headroom and clicks at cuts.",
                     c + 1, findings.dc_offset[c] * 100),
         operation::Highpass{.hz = 20}});
    break;
  }
  if (findings.stereo && findings.stereo->mono_in_two_channels) {
    out.push_back(
        {"mono_in_two_channels", {}, "Both channels are the same: one would do.", operation::Channels{.count = 1}});
  }
  if (findings.stereo && findings.stereo->out_of_phase) {
    out.push_back(
        {"out_of_phase",
         {},
         fmt::format("The channels work against each other (correlation {:.2f}): on one loudspeaker much of it "
                     "vanishes. Turn over the wiring of one channel.",
                     findings.stereo->correlation),
         {}});
  }
  const double half_rate = findings.source.format.sample_rate / 2.0;
  const auto bandwidth = findings.spectrum.bandwidth_hz;
  // Under 2 kHz it is no voice but a tone, to which no microphone was too narrow.
  if (bandwidth && *bandwidth > 2'000 && *bandwidth < 9'000 && *bandwidth < 0.55 * half_rate) {
    out.push_back(
        {"low_bandwidth",
         {},
         fmt::format("There is nothing above {:.1f} kHz, although its sample rate could hold {:.1f} kHz: it was "
                     "made from a narrower recording, such as a telephone call.",
                     *bandwidth / 1'000, half_rate / 1'000),
         {}});
  }
}

}  // namespace

std::vector<Insight> insights_of(const Findings& findings) {
  Insights out;
  of_the_file(findings.source, out);
  if (findings.loudness.silent) {
    out.push_back({"silent", 0.0, "There is nothing in it above -90 dBFS: it is silent.", {}});
    return out;
  }
  of_peaks(findings, out);
  of_loudness(findings.loudness, out);
  of_silences(findings, out);
  of_quality(findings, out);
  return out;
}

double silence_threshold(const Levels& levels) {
  constexpr double below_speech = 40;
  return std::clamp(levels.speech_level.value_or(-20) - below_speech, -70.0, -50.0);
}

}  // namespace soundbite::media
