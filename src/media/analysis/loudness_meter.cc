#include "media/analysis/loudness_meter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "media/analysis/gating.h"
#include "media/analysis/k_weighting.h"
#include "media/analysis/kernels.h"
#include "media/analysis/true_peak.h"

namespace soundbite::media {

namespace {

// Everything is counted in hops of 10 ms.
constexpr std::size_t hops_a_second = 100;
constexpr std::size_t momentary_hops = 40;
constexpr std::size_t short_term_hops = 300;
constexpr std::size_t gating_hops = 10;  // between windows that count for gates

constexpr float silence_amplitude = 3.1623e-5F;  // −90 dBFS

struct Channel {
  double weight = 1;
  KState state{};
  std::vector<float> samples;  // what the interpolator needs of the past, then the hop that fills
};

// The last three seconds of hops, and running sums over the two windows that end now.
class Windows {
 public:
  void push(double energy, std::size_t frames) {
    const Hop hop{energy, static_cast<double>(frames)};
    momentary_.add(hop, back(momentary_hops));
    short_term_.add(hop, back(short_term_hops));
    hops_[count_ % short_term_hops] = hop;
    ++count_;
    // What rounding left in the sums goes, before it could matter beside silence.
    if (count_ % short_term_hops == 0) {
      momentary_ = std::accumulate(hops_.end() - momentary_hops, hops_.end(), Hop{});
      short_term_ = std::accumulate(hops_.begin(), hops_.end(), Hop{});
    }
  }
  // Mean squares; 0 while there are too few hops.
  double momentary() const { return count_ < momentary_hops ? 0 : momentary_.energy / momentary_.frames; }
  double short_term() const { return count_ < short_term_hops ? 0 : short_term_.energy / short_term_.frames; }
  std::size_t count() const { return count_; }

 private:
  struct Hop {
    double energy = 0;
    double frames = 0;
    void add(const Hop& in, const Hop& out) {
      energy += in.energy - out.energy;
      frames += in.frames - out.frames;
    }
    friend Hop operator+(const Hop& a, const Hop& b) { return {a.energy + b.energy, a.frames + b.frames}; }
  };

  Hop back(std::size_t hops) const { return count_ < hops ? Hop{} : hops_[(count_ - hops) % short_term_hops]; }

  std::array<Hop, short_term_hops> hops_{};
  Hop momentary_;
  Hop short_term_;
  std::size_t count_ = 0;
};

double decibels(float amplitude) { return 20 * std::log10(static_cast<double>(amplitude)); }

}  // namespace

struct LoudnessMeter::State {
  State(AudioFormat format_now, LoudnessOptions options_now)
      : format(format_now),
        options(options_now),
        filter(k_filter(format.sample_rate)),
        peaks(format.sample_rate, *loops),
        channels(static_cast<std::size_t>(format.channels)) {
    for (std::size_t c = 0; c < channels.size(); ++c) {
      channels[c].weight = channel_weight(format.channels, c) * (options.dual_mono && format.channels == 1 ? 2 : 1);
      channels[c].samples.resize(interpolator_reach + hop_frames(0) + 1);
    }
  }

  // Hops end at the whole sample before each 10 ms, so that windows are right at rates that 100 does not divide.
  std::size_t hop_frames(std::size_t hop) const {
    const auto end = [&](std::size_t n) { return n * static_cast<std::size_t>(format.sample_rate) / hops_a_second; };
    return end(hop + 1) - end(hop);
  }

  void push(const AudioBlock& block) {
    for (std::size_t at = 0; at < block.frames;) {
      const std::size_t n = std::min(block.frames - at, hop_size - filled);
      for (std::size_t c = 0; c < channels.size(); ++c) {
        std::copy_n(block.channels[c] + at, n, channels[c].samples.data() + interpolator_reach + filled);
      }
      filled += n;
      at += n;
      if (filled == hop_size) finish_hop();
    }
  }

  // The weighted energy of what fills the hop.
  double measure() {
    double energy = 0;
    for (Channel& channel : channels) {
      const float* samples = channel.samples.data() + interpolator_reach;
      peaks.push(samples, filled, options.true_peak);
      if (channel.weight > 0) {
        energy += channel.weight * loops->weighted_energy(filter, channel.state, samples, filled);
      }
    }
    return energy;
  }

  void finish_hop() {
    const double energy = measure();
    for (Channel& channel : channels) {
      std::copy_n(channel.samples.data() + filled, interpolator_reach, channel.samples.data());
      // Digital silence would leave the filter among numbers so small that processors are slow with them.
      if (std::ranges::all_of(channel.state, [](double part) { return std::abs(part) < 1e-30; })) channel.state = {};
    }
    total_energy += energy;
    total_frames += filled;
    windows.push(energy, filled);
    filled = 0;
    hop_size = hop_frames(windows.count());
    note_windows();
  }

  void note_windows() {
    const double momentary = windows.momentary();
    const double short_term = windows.short_term();
    max_momentary = std::max(max_momentary, momentary);
    max_short_term = std::max(max_short_term, short_term);
    if (windows.count() % gating_hops == 0) {
      if (windows.count() >= momentary_hops) momentary_powers.push_back(static_cast<float>(momentary));
      if (windows.count() >= short_term_hops) short_term_powers.push_back(static_cast<float>(short_term));
    }
    if (options.series && windows.count() % hops_a_second == 0) {
      momentary_series.push_back(std::max(-70.0, loudness_of(momentary).value_or(-70)));
      short_term_series.push_back(std::max(-70.0, loudness_of(short_term).value_or(-70)));
    }
  }

  AudioFormat format;
  LoudnessOptions options;
  const Kernels* loops = &kernels();
  KFilter filter;
  TruePeak peaks;
  std::vector<Channel> channels;
  std::size_t filled = 0;  // frames of the hop that fills
  std::size_t hop_size = hop_frames(0);
  Windows windows;
  double total_energy = 0;
  std::size_t total_frames = 0;
  double max_momentary = 0;
  double max_short_term = 0;
  std::vector<float> momentary_powers;
  std::vector<float> short_term_powers;
  std::vector<double> momentary_series;
  std::vector<double> short_term_series;
};

LoudnessMeter::LoudnessMeter(AudioFormat format, LoudnessOptions options)
    : state_(std::make_unique<State>(format, options)) {}
LoudnessMeter::~LoudnessMeter() = default;
LoudnessMeter::LoudnessMeter(LoudnessMeter&&) noexcept = default;
LoudnessMeter& LoudnessMeter::operator=(LoudnessMeter&&) noexcept = default;

void LoudnessMeter::push(const AudioBlock& block) { state_->push(block); }

LoudnessResult LoudnessMeter::result() const {
  // The hop that has not come to its end counts for peaks and for what is too short; measured on a copy, since more may
  // come.
  State state = *state_;
  state.total_energy += state.measure();
  state.total_frames += state.filled;

  LoudnessResult result;
  result.momentary = std::move(state.momentary_series);
  result.short_term = std::move(state.short_term_series);
  result.silent = !(state.peaks.at_samples() > silence_amplitude);
  result.too_short = state.windows.count() < momentary_hops;
  if (result.silent) return result;
  result.sample_peak = decibels(state.peaks.at_samples());
  if (state.options.true_peak) result.true_peak = decibels(state.peaks.value());
  if (result.too_short) {
    result.integrated = loudness_of(state.total_energy / static_cast<double>(state.total_frames));
    return result;
  }
  result.integrated = integrated_loudness(state.momentary_powers);
  result.range = loudness_range(state.short_term_powers);
  result.max_momentary = loudness_of(state.max_momentary);
  result.max_short_term = loudness_of(state.max_short_term);
  return result;
}

}  // namespace soundbite::media
