// Measures how soon a media child has decoded something: milliseconds from the request for a process to the first
// samples of the speech tap, within the strictest sandbox there is.
//   first_frame_bench soundbite-media RUNS FILE…     one line per file: its name, then the milliseconds of each run
#include <fcntl.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "sandbox/media_host.h"

namespace soundbite {
namespace {

using Clock = std::chrono::steady_clock;

double first_samples_ms(MediaHost& host, const File& recording) {
  MediaTask task{.inputs = {{"/fileId", ""}}, .make_audio = false, .tap_speech = true};
  std::optional<double> first;
  const auto asked = Clock::now();
  const auto hear = [&](std::span<const float>) -> Result<void> {
    if (!first) first = std::chrono::duration<double, std::milli>(Clock::now() - asked).count();
    return {};
  };
  auto process = host.process(task, {.inputs = {&recording}}, {.progress = {}, .speech = hear});
  if (!process) throw std::runtime_error(process.error().message);
  if (const auto outcome = (*process)->finish(); !outcome) throw std::runtime_error(outcome.error().message);
  return first.value();
}

int run(std::span<char*> arguments) {
  Log log{LogFormat::text, LogLevel::off};
  prometheus::Registry registry;
  const auto host = start_media_host({.program = arguments[0], .require_strict = true}, log, registry);
  if (!host) throw std::runtime_error(host.error().message);
  const int runs = std::atoi(arguments[1]);
  for (const char* path : arguments.subspan(2)) {
    const File recording(::open(path, O_RDONLY | O_CLOEXEC));
    if (!recording) throw std::runtime_error(std::string("cannot open ") + path);
    std::printf("%s", path);
    for (int i = 0; i < runs; ++i) std::printf(" %.3f", first_samples_ms(**host, recording));
    std::printf("\n");
  }
  return 0;
}

}  // namespace
}  // namespace soundbite

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: first_frame_bench SOUNDBITE-MEDIA RUNS FILE…\n");
    return 2;
  }
  try {
    return soundbite::run({argv + 1, static_cast<std::size_t>(argc - 1)});
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
