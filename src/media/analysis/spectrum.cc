#include "media/analysis/spectrum.h"

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>
#include <numbers>
#include <stdexcept>

namespace soundbite::media {

namespace {

struct AvFree {
  void operator()(void* p) const { av_free(p); }
};
struct TxFree {
  void operator()(AVTXContext* p) const { av_tx_uninit(&p); }
};

using Complexes = std::unique_ptr<AVComplexFloat[], AvFree>;

Complexes make_complexes(std::size_t count) {
  auto* p = static_cast<AVComplexFloat*>(av_calloc(count, sizeof(AVComplexFloat)));
  if (p == nullptr) throw std::bad_alloc();
  return Complexes(p);
}

// About 43 ms: fine enough for a voice's harmonics, short enough for its syllables.
std::size_t window_frames(int rate) { return std::bit_ceil(static_cast<std::size_t>(rate / 24)); }

double decibels(double power) { return 10 * std::log10(power); }

constexpr double hann_spread = 1.5;  // bins that one sine's power is counted in

}  // namespace

struct Spectrum::State {
  explicit State(AudioFormat format_now)
      : format(format_now),
        size(window_frames(format.sample_rate)),
        bins(size / 2 + 1),
        past(static_cast<std::size_t>(format.channels), std::vector<float>(size / 2)),
        window(size),
        input(make_complexes(size)),
        output(make_complexes(size)),
        powers(bins),
        average(bins),
        columns(format.sample_rate, bins, size / 8) {
    AVTXContext* made = nullptr;
    const float scale = 1;
    if (av_tx_init(&made, &transform, AV_TX_FLOAT_FFT, 0, static_cast<int>(size), &scale, 0) < 0) {
      throw std::runtime_error("no Fourier transform of " + std::to_string(size));
    }
    context.reset(made);
    for (std::size_t i = 0; i < size; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size);
      window[i] = static_cast<float>((1 - std::cos(angle)) / (static_cast<double>(size) / 2));
    }
  }

  // Windows lie around each hop's beginning, the first around the first sample; they overlap until columns are longer.
  std::size_t hop() const { return std::min(columns.column_frames(), size); }

  void push(const AudioBlock& block) {
    for (std::size_t at = 0; at < block.frames;) {
      const std::size_t n = std::min(block.frames - at, size - past[0].size());
      for (std::size_t c = 0; c < past.size(); ++c) {
        past[c].insert(past[c].end(), block.channels[c] + at, block.channels[c] + at + n);
      }
      at += n;
      waiting += n;
      if (past[0].size() == size) look();
    }
  }

  void look() {
    std::ranges::fill(powers, 0.0F);
    for (std::size_t c = 0; c < past.size(); c += 2)
      add_pair(past[c].data(), c + 1 < past.size() ? &past[c + 1] : nullptr);
    const std::size_t frames = hop();
    for (std::size_t k = 0; k < bins; ++k) {
      powers[k] /= static_cast<float>(past.size());
      average[k] += static_cast<double>(powers[k]) * static_cast<double>(frames);
    }
    total_frames += static_cast<double>(frames);
    columns.push(powers, frames);
    for (auto& samples : past) samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(frames));
    waiting -= std::min(waiting, frames);
  }

  // Two real signals as one complex one: each has half of what |Z(k)|² and |Z(−k)|² sum to, so that their powers need
  // not be told apart.
  void add_pair(const float* left, const std::vector<float>* right) {
    for (std::size_t i = 0; i < size; ++i) {
      input[i] = {left[i] * window[i], right == nullptr ? 0.0F : (*right)[i] * window[i]};
    }
    transform(context.get(), output.get(), input.get(), sizeof(AVComplexFloat));
    for (std::size_t k = 0; k < bins; ++k) {
      const AVComplexFloat a = output[k];
      const AVComplexFloat b = output[(size - k) % size];
      powers[k] += (a.re * a.re + a.im * a.im + b.re * b.re + b.im * b.im) / 2;
    }
  }

  double average_power(std::size_t bin) const { return total_frames > 0 ? average[bin] / total_frames : 0; }
  double hz_a_bin() const { return static_cast<double>(format.sample_rate) / static_cast<double>(size); }

  AudioFormat format;
  std::size_t size;
  std::size_t bins;
  std::vector<std::vector<float>> past;  // of each channel: less than a window
  std::size_t waiting = 0;               // frames that no hop has passed
  std::vector<float> window;
  Complexes input;
  Complexes output;
  std::unique_ptr<AVTXContext, TxFree> context;
  av_tx_fn transform = nullptr;
  std::vector<float> powers;
  std::vector<double> average;  // powers × frames
  double total_frames = 0;
  SpectrogramColumns columns;
};

Spectrum::Spectrum(AudioFormat format) : state_(std::make_unique<State>(format)) {}
Spectrum::~Spectrum() = default;

void Spectrum::push(const AudioBlock& block) { state_->push(block); }

void Spectrum::finish() {
  while (state_->waiting > 0) {
    for (auto& samples : state_->past) samples.resize(state_->size);
    state_->look();
  }
  state_->columns.finish();
}

const SpectrogramColumns& Spectrum::columns() const { return state_->columns; }

namespace {

std::optional<double> slope_of(const std::vector<OctaveBand>& bands) {
  double n = 0;
  double sum_x = 0;
  double sum_y = 0;
  double sum_xx = 0;
  double sum_xy = 0;
  for (const OctaveBand& band : bands) {
    if (band.hz < 125 || band.hz > 8'000 || !band.level) continue;
    const double octave = std::log2(band.hz);
    n += 1;
    sum_x += octave;
    sum_y += *band.level;
    sum_xx += octave * octave;
    sum_xy += octave * *band.level;
  }
  if (n < 3) return {};
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

}  // namespace

SpectrumFacts Spectrum::facts() const {
  const State& state = *state_;
  SpectrumFacts facts;
  for (const double middle : {31.5, 63.0, 125.0, 250.0, 500.0, 1'000.0, 2'000.0, 4'000.0, 8'000.0, 16'000.0}) {
    OctaveBand band{middle, {}};
    double sum = 0;
    for (std::size_t k = 1; k < state.bins; ++k) {
      const double hz = static_cast<double>(k) * state.hz_a_bin();
      if (hz >= middle / std::numbers::sqrt2 && hz < middle * std::numbers::sqrt2) sum += state.average_power(k);
    }
    if (sum > 0 && std::isfinite(sum)) band.level = decibels(sum / hann_spread);
    facts.bands.push_back(band);
  }
  facts.slope = slope_of(facts.bands);
  if (facts.slope) facts.balance = *facts.slope < -6 ? "dark" : *facts.slope > -1 ? "bright" : "balanced";

  constexpr double within = 3.16e-8;  // −75 dB
  const double strongest = *std::ranges::max_element(state.average);
  if (!(strongest > 0)) return facts;
  for (std::size_t k = state.bins; k-- > 0;) {
    if (state.average[k] < strongest * within) continue;
    facts.bandwidth_hz = static_cast<double>(k) * state.hz_a_bin();
    break;
  }
  return facts;
}

}  // namespace soundbite::media
