#include "app/command.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "app/version.h"
#include "base/text.h"

namespace soundbite {

namespace {

void print(std::FILE* stream, const std::string& text) { std::fwrite(text.data(), 1, text.size(), stream); }

int report(const Failure& failure) {
  if (!failure.line.empty()) print(stderr, "soundbite: " + failure.line + "\n");
  return failure.exit_code;
}

std::string overview(std::span<const Command> commands) {
  std::string out =
      "usage: soundbite COMMAND [words] [flags]\n\n"
      "SoundBite turns text and recordings into finished audio.\n\n"
      "examples\n"
      "  soundbite say \"Hello there.\" -o hello.mp3           speak into a file\n"
      "  soundbite process talk.wav -o talk.mp3 --loudness -16   make a recording ready\n"
      "  soundbite analyze talk.wav                          what it is like, and what would help\n"
      "  soundbite serve                                     the HTTP API at http://127.0.0.1:8080\n"
      "  soundbite voices en                                 which voices speak English\n"
      "  soundbite doctor                                    what is missing, and what to do about it\n\n"
      "commands\n";
  for (const auto& command : commands) {
    const auto spec = command.spec();
    out += "  " + spec.name + std::string(12 - spec.name.size(), ' ') + spec.summary + "\n";
  }
  return out + "\n`soundbite COMMAND --help` tells more. Exit codes: 0 done, 1 failed, 2 called wrongly.\n";
}

Failure unknown_command(std::span<const Command> commands, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.spec().name);
  const auto nearest = nearest_names(name, names, 1);
  const std::string what = name.starts_with('-') ? "unknown flag " : "unknown command ";
  return {2, what + name + (nearest.empty() ? "; see soundbite --help" : ": did you mean " + nearest.front() + "?")};
}

Ending run(std::span<const Command> commands, const std::string& name, std::span<const char* const> written) {
  for (const auto& command : commands) {
    const auto spec = command.spec();
    if (spec.name != name) continue;
    const auto arguments = parse_arguments(spec, written);
    if (!arguments) return called_wrongly(arguments.error().message);
    if (arguments->has("help")) {
      print(stdout, help_text(spec));
      return {};
    }
    return command.run({*arguments, read_surroundings(), commands});
  }
  return std::unexpected(unknown_command(commands, name));
}

// Libraries do things that nobody asked for unless their variables say no. They read them when they start.
void keep_libraries_quiet() {
  // ONNX Runtime's wheels report to their maker, and keep a device id and a database in the user's home for it.
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  // espeak-ng asks PulseAudio for a device although it never plays, which makes folders in the user's home or starts a
  // sound server. There is none at this address.
  ::setenv("PULSE_SERVER", "/dev/null", 1);
}

}  // namespace

std::expected<LoadedConfig, Failure> load_config(const Invocation& invocation) {
  auto loaded = load_config(invocation.arguments, invocation.surroundings);
  if (!loaded) return called_wrongly(loaded.error().message);
  return std::move(*loaded);
}

int run_command_line(std::span<const Command> commands, int argc, char** argv) {
  keep_libraries_quiet();
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  try {
    if (all.size() < 2) {
      print(stderr, overview(commands));
      return 2;
    }
    const std::string name = all[1];
    if (name == "--help" || name == "-h" || name == "help") {
      if (name == "help" && all.size() > 2) {
        constexpr std::array<const char*, 1> help{"--help"};
        const auto helped = run(commands, all[2], help);
        return helped ? 0 : report(helped.error());
      }
      print(stdout, overview(commands));
      return 0;
    }
    if (name == "--version") {
      print(stdout, "soundbite " + std::string(version()) + "\n");
      return 0;
    }
    const auto ending = run(commands, name, all.subspan(2));
    if (std::fflush(stdout) != 0) return report({1, "cannot write to standard output"});
    return ending ? 0 : report(ending.error());
  } catch (const std::exception& error) {
    return report({1, error.what()});
  }
}

}  // namespace soundbite
