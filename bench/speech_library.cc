// SoundBite's speech as a program uses it, for the benches: loads a voice once, then speaks each {"text": "…"} line of
// standard input and answers one line of JSON. No server, no queue, no encoding; one thread, as the server runs it.
//
//   speech_library VOICES_DIR ONNXRUNTIME VOICE
#include <time.h>

#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <stdexcept>

#include "speech/engine.h"

namespace soundbite {
namespace {

namespace json = boost::json;

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

json::object speak(SpeechEngine& engine, const std::string& voice, const std::string& text) {
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  const double start = seconds_of(CLOCK_MONOTONIC);
  double first = 0;
  std::size_t samples = 0;
  // Pauses cost nothing to make: without them a second of audio is a second of speech, as on the other sides.
  auto speech = value_of(engine.start({.text = text, .voice_id = voice, .sentence_silence_s = 0}));
  while (auto chunk = value_of(speech->next({}))) {
    if (samples == 0) first = seconds_of(CLOCK_MONOTONIC) - start;
    samples += chunk->samples.size();
  }
  return {{"audio_s", double(samples) / speech->sample_rate()},
          {"cpu_s", seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu},
          {"wall_s", seconds_of(CLOCK_MONOTONIC) - start},
          {"first_s", first}};
}

void run(const std::string& voices_dir, const std::string& runtime, const std::string& voice) {
  Log log(LogFormat::text, LogLevel::warn);
  prometheus::Registry registry;
  const auto engine = value_of(make_speech_engine({.voices_dirs = {voices_dir},
                                                   .onnxruntime_library = runtime,
                                                   .threads_per_run = 1,
                                                   .concurrent_runs = 1,
                                                   .first_audio = FirstAudio::early},
                                                  log, registry));
  speak(*engine, voice, "Ready.");
  for (std::string line; std::getline(std::cin, line);) {
    const std::string text(json::parse(line).at("text").as_string());
    std::cout << json::serialize(speak(*engine, voice, text)) << std::endl;
  }
}

}  // namespace
}  // namespace soundbite

int main(int argc, char** argv) try {
  if (argc != 4) throw std::runtime_error("usage: speech_library VOICES_DIR ONNXRUNTIME VOICE");
  soundbite::run(argv[1], argv[2], argv[3]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "speech_library: %s\n", error.what());
  return 1;
}
