// Measures speech without server, queue or encoding. Examples:
//   speech_bench cpu VOICE [FILE]     CPU seconds per second of audio over a text of about a minute, 5 times
//   speech_bench first VOICE          first PCM of one long sentence against the whole of it
//   speech_bench load VOICE           seconds from nothing to a loaded voice, and to its first samples
//   speech_bench memory VOICE [N]     resident memory after 100 and after N (1000) varied sentences, and after one of
//   20 s speech_bench levels VOICE         loudness of 20 sentences, one line each speech_bench wav VOICE FILE [SPEED]
//   < TEXT     speaks standard input into a 16-bit WAV file
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <numeric>

#include "speech/engine.h"
#include "speech/loudness.h"

namespace soundbite {
namespace {

constexpr const char* sentences[] = {
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background, and wait until it has dried completely.",
    "It is easy to tell the depth of a well.",
    "These days a chicken leg is a rare dish, but in the village nobody would have believed that.",
    "Rice is often served in round bowls!",
    "The juice of lemons makes fine punch; the box was thrown beside the parked truck.",
    "Were the hogs fed chopped corn and garbage?",
    "Four hours of steady work faced us, and by the evening the harbour lay still under a thin mist.",
    "Large size in stockings is hard to sell.",
    "The boy was there when the sun rose.",
    "A rod is used to catch pink salmon, a net will do for the smaller fish that live near the bank.",
    "The source of the huge river is the clear spring.",
    "Kick the ball straight and follow through.",
    "Help the woman get back to her feet, said the man who had seen it all from the other side of the road.",
    "A pot of tea helps to pass the evening.",
    "Smoky fires lack flame and heat.",
    "The soft cushion broke the man's fall, which was more than could be said of the old iron chair.",
    "The salt breeze came across from the sea.",
    "The girl at the booth sold fifty bonds.",
    "The small pup gnawed a hole in the sock, and was not in the least ashamed of it."};

constexpr const char* long_sentence =
    "When the last of the boats had come in and the nets were hung to dry along the harbour wall, the old man who kept "
    "the "
    "light walked slowly up the winding path to the tower, where he trimmed the lamp, wound the clockwork, and sat "
    "down to "
    "write a letter that he had been meaning to send since spring.";

double wall() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double cpu() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Megabytes of /proc/self/status: "VmRSS", "VmHWM".
double memory_mb(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":")) return std::atof(line.c_str() + field.size() + 1) / 1024;
  return 0;
}

[[noreturn]] void stop_with(const Error& error) {
  std::fprintf(stderr, "speech_bench: %s\n", error.message.c_str());
  std::exit(1);
}

struct Spoken {
  std::vector<float> samples;  // when they were to be kept
  double first_s = 0;          // wall
  double whole_s = 0;
  double audio_s = 0;
};

enum class Samples { dropped, kept };

Spoken speak(SpeechEngine& engine, const std::string& voice, const std::string& text, double speed = 1,
             Samples what = Samples::dropped) {
  SpeechRequest request;
  request.text = text;
  request.voice_id = voice;
  request.speed = speed;
  Spoken spoken;
  const double start = wall();
  auto speech = engine.start(request);
  if (!speech) stop_with(speech.error());
  for (;;) {
    auto chunk = (*speech)->next({});
    if (!chunk) stop_with(chunk.error());
    if (!*chunk) break;
    const auto& samples = (*chunk)->samples;
    if (spoken.audio_s == 0) spoken.first_s = wall() - start;
    spoken.audio_s += static_cast<double>(samples.size()) / (*speech)->sample_rate();
    if (what == Samples::kept) spoken.samples.insert(spoken.samples.end(), samples.begin(), samples.end());
  }
  spoken.whole_s = wall() - start;
  return spoken;
}

double rms_db(const std::vector<float>& samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return 10 * std::log10(sum / static_cast<double>(samples.size()) + 1e-12);
}

std::string all_sentences() {
  std::string text;
  for (const char* sentence : sentences) text += std::string(sentence) + " ";
  return text;
}

void measure_cpu(SpeechEngine& engine, const std::string& voice, const char* file) {
  std::ifstream in(file ? file : "/dev/null");
  const std::string text = file ? std::string(std::istreambuf_iterator<char>(in), {}) : all_sentences();
  speak(engine, voice, "Warm up.");
  for (int run = 0; run < 5; ++run) {
    const double before = cpu();
    const Spoken spoken = speak(engine, voice, text);
    const double used = cpu() - before;
    std::printf("%.1f s of audio in %.3f CPU s: %.5f CPU s per s\n", spoken.audio_s, used, used / spoken.audio_s);
  }
}

void measure_first(SpeechEngine& engine, const std::string& voice) {
  speak(engine, voice, "Warm up.");
  for (int run = 0; run < 5; ++run) {
    const Spoken spoken = speak(engine, voice, long_sentence);
    std::printf("%.1f s of audio: first PCM after %.0f ms, whole %.0f ms, ratio %.2f\n", spoken.audio_s,
                spoken.first_s * 1000, spoken.whole_s * 1000, spoken.first_s / spoken.whole_s);
  }
}

void measure_load(SpeechEngine& engine, const std::string& voice) {
  const double start = wall();
  const double before = cpu();
  if (auto loaded = engine.preload(voice); !loaded) stop_with(loaded.error());
  std::printf("loaded after %.3f s (%.3f CPU s)\n", wall() - start, cpu() - before);
  speak(engine, voice, "Hello.");
  std::printf("first word spoken after %.3f s\n", wall() - start);
}

void measure_memory(SpeechEngine& engine, const std::string& voice, int count) {
  for (int i = 1; i <= count; ++i) {
    std::string text = sentences[i % 20];
    if (i % 7 == 0) text.insert(text.size() - 1, std::string(", and ") + sentences[(i * 13) % 20]);
    speak(engine, voice, text);
    if (i == 1 || i == 100 || i == count) std::printf("after %d sentences: %.0f MB resident\n", i, memory_mb("VmRSS"));
  }
  const Spoken spoken = speak(engine, voice, long_sentence, 0.73);
  std::printf("after a sentence of %.1f s: %.0f MB resident, %.0f MB at the most\n", spoken.audio_s, memory_mb("VmRSS"),
              memory_mb("VmHWM"));
}

// The sentences of `samples`: what stands between 0.15 s of exact zeros, which no voice makes by itself.
std::vector<std::vector<float>> split_at_silence(const std::vector<float>& samples, int rate) {
  std::vector<std::vector<float>> sentences_heard(1);
  int zeros = 0;
  for (const float sample : samples) {
    zeros = sample == 0 ? zeros + 1 : 0;
    if (zeros == rate * 3 / 20) sentences_heard.emplace_back();
    if (zeros == 0) sentences_heard.back().push_back(sample);
  }
  return sentences_heard;
}

void measure_levels(SpeechEngine& engine, const std::string& voice) {
  const int rate = engine.find_voice(voice)->sample_rate;
  const Spoken spoken = speak(engine, voice, all_sentences(), 1, Samples::kept);
  std::vector<double> levels;
  for (const auto& heard : split_at_silence(spoken.samples, rate)) {
    const auto level = speech_level_db(heard, rate);
    if (!level) continue;
    levels.push_back(*level);
    std::printf("%6.2f s  %6.2f dB\n", static_cast<double>(heard.size()) / rate, *level);
  }
  const auto count = static_cast<double>(levels.size());
  const double mean = std::accumulate(levels.begin(), levels.end(), 0.0) / count;
  double largest_step = 0;
  double variance = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (i > 0) largest_step = std::max(largest_step, std::abs(levels[i] - levels[i - 1]));
    variance += (levels[i] - mean) * (levels[i] - mean) / count;
  }
  std::printf("%.0f sentences: mean %.2f dB, standard deviation %.2f dB, largest step %.2f dB\n", count, mean,
              std::sqrt(variance), largest_step);
}

void write_wav(SpeechEngine& engine, const std::string& voice, const char* path, double speed) {
  const std::string text(std::istreambuf_iterator<char>(std::cin), {});
  const Spoken spoken = speak(engine, voice, text, speed, Samples::kept);
  const auto rate = static_cast<std::uint32_t>(engine.find_voice(voice)->sample_rate);
  std::string bytes;
  const auto put = [&](std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  const auto size = static_cast<std::uint32_t>(spoken.samples.size() * 2);
  bytes += "RIFF";
  put(36 + size, 4);
  bytes += "WAVEfmt ";
  put(16, 4), put(1, 2), put(1, 2), put(rate, 4), put(rate * 2, 4), put(2, 2), put(16, 2);
  bytes += "data";
  put(size, 4);
  for (const float sample : spoken.samples)
    put(static_cast<std::uint32_t>(std::lround(std::clamp(sample, -1.0f, 1.0f) * 32767)), 2);
  std::ofstream(path, std::ios::binary) << bytes;
  std::printf("%.2f s of audio, %.2f dB RMS\n", spoken.audio_s, rms_db(spoken.samples));
}

int run(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: speech_bench cpu|first|load|memory|levels|wav VOICE [...]\n");
    return 2;
  }
  const std::string what = argv[1];
  const std::string voice = argv[2];
  Log log(LogFormat::text, LogLevel::warn);
  prometheus::Registry registry;
  const double start = wall();
  auto engine =
      make_speech_engine({.voices_dirs = {SOUNDBITE_DEPS_DIR "/voices"},
                          .onnxruntime_library = SOUNDBITE_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0",
                          .threads_per_run = 1,
                          .concurrent_runs = 1,
                          .first_audio = what == "first" ? FirstAudio::early : FirstAudio::cheap},
                         log, registry);
  if (!engine) stop_with(engine.error());
  if (what == "load") std::printf("engine made in %.3f s\n", wall() - start);
  if (what == "cpu") measure_cpu(**engine, voice, argc > 3 ? argv[3] : nullptr);
  if (what == "first") measure_first(**engine, voice);
  if (what == "load") measure_load(**engine, voice);
  if (what == "memory") measure_memory(**engine, voice, argc > 3 ? std::atoi(argv[3]) : 1000);
  if (what == "levels") measure_levels(**engine, voice);
  if (what == "wav" && argc > 3) write_wav(**engine, voice, argv[3], argc > 4 ? std::atof(argv[4]) : 1);
  return 0;
}

}  // namespace
}  // namespace soundbite

int main(int argc, char** argv) { return soundbite::run(argc, argv); }
