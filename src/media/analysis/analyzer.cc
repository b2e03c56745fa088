#include "media/analysis/analyzer.h"

#include "media/analysis/clipping.h"
#include "media/analysis/findings.h"
#include "media/analysis/fingerprint.h"
#include "media/analysis/level_map.h"
#include "media/analysis/spectrum.h"
#include "media/analysis/stereo_image.h"
#include "media/analysis/waveform_builder.h"
#include "media/picture/spectrogram_picture.h"
#include "media/picture/waveform_picture.h"

namespace soundbite::media {

namespace {

constexpr double shortest_silence_s = 0.3;

}  // namespace

struct Analyzer::State {
  explicit State(AudioFormat format_now)
      : format(format_now),
        meter(format, {.series = true}),
        waveform(format),
        level_map(format),
        clipping(format),
        spectrum(format),
        fingerprint(format) {}

  AudioFormat format;
  LoudnessMeter meter;
  WaveformBuilder waveform;
  LevelMap level_map;
  Clipping clipping;
  Spectrum spectrum;
  Fingerprint fingerprint;
  StereoImage stereo;  // of two channels
  LoudnessResult loudness;
};

Analyzer::Analyzer(AudioFormat format) : state_(std::make_unique<State>(format)) {}
Analyzer::~Analyzer() = default;
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;

void Analyzer::push(const AudioBlock& block) {
  State& state = *state_;
  state.meter.push(block);
  state.waveform.push(block);
  state.level_map.push(block);
  state.clipping.push(block);
  state.spectrum.push(block);
  state.fingerprint.push(block);
  if (state.format.channels == 2) state.stereo.push(block);
}

std::string Analyzer::finish(const SourceFacts& facts) {
  State& state = *state_;
  state.waveform.finish();
  state.level_map.finish();
  state.clipping.finish();
  state.spectrum.finish();
  state.loudness = state.meter.result();

  Findings findings{.source = facts,
                    .loudness = state.loudness,
                    .clipped_samples = state.clipping.samples(),
                    .clipped_runs = state.clipping.runs(),
                    .clipped = state.clipping.listed(),
                    .dc_offset = state.level_map.dc_offsets(),
                    .levels = state.level_map.levels(),
                    .spectrum = state.spectrum.facts(),
                    .fingerprint = state.fingerprint.finish()};
  findings.silence_threshold_db = silence_threshold(findings.levels);
  findings.silences = state.level_map.silences(findings.silence_threshold_db, shortest_silence_s);
  if (state.format.channels == 2) findings.stereo = state.stereo.facts();
  return analysis_json(findings);
}

const LoudnessResult& Analyzer::loudness() const { return state_->loudness; }

Result<void> Analyzer::write_waveform(const File& to) const { return state_->waveform.write(to); }

Result<void> Analyzer::write_waveform_png(const File& to) const {
  return draw_waveform(state_->waveform, state_->level_map).write_png(to);
}

Result<void> Analyzer::write_spectrogram_png(const File& to) const {
  return draw_spectrogram(state_->spectrum.columns(), state_->level_map.duration_s(), state_->format.sample_rate)
      .write_png(to);
}

}  // namespace soundbite::media
