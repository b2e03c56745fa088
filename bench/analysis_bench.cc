// One pass over a recording of 48 kHz stereo: loudness with range and true peak, waveform and silences at once, beside
// libebur128 with loudness, range and true peak alone, and without true peak. All in turn, on one thread.
//
//   analysis_bench RUNS MINUTES     for each of the three a line: its loudness, and the CPU seconds of each run
#include <ebur128.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "media/analysis/level_map.h"
#include "media/analysis/loudness_meter.h"
#include "media/analysis/waveform_builder.h"

namespace {

using namespace soundbite::media;

constexpr int rate = 48'000;
constexpr std::size_t block_frames = 1'152;  // what an MP3 decoder hands on at a time

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

// Half a minute like speech: syllables that rise and fall, a voice's harmonics and breath, pauses between; the sides a
// little apart. It is pushed again and again, since an hour of it would measure the memory of the machine.
struct Recording {
  std::array<std::vector<float>, 2> planar;
  std::vector<float> interleaved;
};

Recording make_recording() {
  Recording recording;
  constexpr std::size_t frames = std::size_t{30} * rate / block_frames * block_frames;
  std::uint64_t seed = 1;
  double phase = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    const double t = double(i) / rate;
    const double syllable = std::max(0.0, std::sin(2 * M_PI * 3.7 * t)) * (std::fmod(t, 4.3) < 3.6 ? 1 : 0.001);
    phase += 2 * M_PI * (120 + 25 * std::sin(2 * M_PI * 0.4 * t)) / rate;
    double voice = 0;
    for (int h = 1; h <= 12; ++h) voice += std::sin(h * phase) / h;
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double noise = double(static_cast<std::int64_t>(seed) >> 11) / double(1LL << 52);
    const double sample = 0.25 * syllable * syllable * (voice + 0.3 * noise) + 0.0005 * noise;
    recording.planar[0].push_back(static_cast<float>(sample));
    recording.planar[1].push_back(static_cast<float>(0.9 * sample + 0.0003 * noise));
  }
  for (std::size_t i = 0; i < frames; ++i) {
    for (const auto& channel : recording.planar) recording.interleaved.push_back(channel[i]);
  }
  return recording;
}

struct Run {
  double cpu = 0;
  double loudness = 0;
};

Run run_ours(const Recording& recording, int passes) {
  const double before = cpu_seconds();
  const AudioFormat format{rate, 2};
  LoudnessMeter meter(format, {});
  WaveformBuilder waveform(format);
  LevelMap levels(format);
  std::array<const float*, 2> channels{};
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t at = 0; at < recording.planar[0].size(); at += block_frames) {
      for (std::size_t c = 0; c < 2; ++c) channels[c] = recording.planar[c].data() + at;
      const AudioBlock block{channels, block_frames};
      meter.push(block);
      waveform.push(block);
      levels.push(block);
    }
  }
  waveform.finish();
  levels.finish();
  const auto silences = levels.silences(-60, 0.3);
  const auto result = meter.result();
  if (silences.empty() || waveform.length() == 0) std::abort();
  return {cpu_seconds() - before, *result.integrated};
}

Run run_libebur128(const Recording& recording, int passes, int mode) {
  const double before = cpu_seconds();
  ebur128_state* meter = ebur128_init(2, rate, mode);
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t at = 0; at < recording.planar[0].size(); at += block_frames) {
      ebur128_add_frames_float(meter, recording.interleaved.data() + at * 2, block_frames);
    }
  }
  Run run;
  double range = 0;
  double peak = 0;
  ebur128_loudness_global(meter, &run.loudness);
  ebur128_loudness_range(meter, &range);
  if ((mode & EBUR128_MODE_TRUE_PEAK) == EBUR128_MODE_TRUE_PEAK) ebur128_true_peak(meter, 0, &peak);
  ebur128_destroy(&meter);
  run.cpu = cpu_seconds() - before;
  return run;
}

struct Side {
  std::vector<double> cpu;
  double loudness = 0;
  void take(Run run) {
    cpu.push_back(run.cpu);
    loudness = run.loudness;
  }
  void print() const {
    std::printf("%.2f", loudness);
    for (const double seconds : cpu) std::printf(" %.4f", seconds);
    std::printf("\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc == 3 ? std::atoi(argv[1]) : 0;
  const double minutes = argc == 3 ? std::atof(argv[2]) : 0;
  if (runs < 1 || minutes <= 0) {
    std::fprintf(stderr, "usage: analysis_bench RUNS MINUTES\n");
    return 2;
  }
  const Recording recording = make_recording();
  const int passes = std::max(1, int(minutes * 2));
  Side ours, theirs, without;
  constexpr int loudness_and_range = EBUR128_MODE_I | EBUR128_MODE_LRA;
  for (int i = 0; i < runs; ++i) {
    ours.take(run_ours(recording, passes));
    theirs.take(run_libebur128(recording, passes, loudness_and_range | EBUR128_MODE_TRUE_PEAK));
    without.take(run_libebur128(recording, passes, loudness_and_range));
  }
  for (const Side* side : {&ours, &theirs, &without}) side->print();
  return 0;
}
