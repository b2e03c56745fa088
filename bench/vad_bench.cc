// Measures the speech detector by itself: CPU seconds per hour of audio, 5 times, in blocks of a second.
//   ffmpeg -i speech.wav -ac 1 -ar 16000 -f f32le - | vad_bench [segments]     "segments" prints those of the input
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "vad/silero.h"

namespace soundbite {
namespace {

double cpu() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::vector<float> read_samples() {
  std::vector<float> samples;
  float buffer[4096];
  while (const std::size_t n = std::fread(buffer, sizeof(float), std::size(buffer), stdin))
    samples.insert(samples.end(), buffer, buffer + n);
  return samples;
}

std::vector<SpeechSegment> hear(SpeechDetector& detector, std::span<const float> samples, double hours) {
  const auto listener = detector.listen().value();
  double left = hours * 3600 * detector_rate;
  do {
    for (std::size_t at = 0; at < samples.size(); at += detector_rate)
      listener->hear(samples.subspan(at, std::min<std::size_t>(detector_rate, samples.size() - at))).value();
    left -= static_cast<double>(samples.size());
  } while (left > 0);
  return listener->finish().value();
}

void run(bool segments) {
  const auto samples = read_samples();
  const auto detector = make_silero_detector({SOUNDBITE_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0",
                                              SOUNDBITE_DEPS_DIR "/vad/silero_vad_16k_sequence.onnx"});
  if (segments) {
    for (const auto& segment : hear(*detector, samples, 0)) std::printf("%.4f %.4f\n", segment.start_s, segment.end_s);
    return;
  }
  const double before = cpu();
  (void)detector->listen().value();
  std::printf("loading: %.3f CPU s\n", cpu() - before);
  for (int i = 0; i < 5; ++i) {
    const double start = cpu();
    hear(*detector, samples, 1);
    std::printf("an hour: %.2f CPU s\n", cpu() - start);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory: %ld MB, of these the input %zu MB\n", usage.ru_maxrss / 1024,
              samples.size() * sizeof(float) >> 20);
}

}  // namespace
}  // namespace soundbite

int main(int argc, char** argv) {
  soundbite::run(argc == 2 && std::strcmp(argv[1], "segments") == 0);
  return 0;
}
