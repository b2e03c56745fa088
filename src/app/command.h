// A subcommand: what it takes, and what it does.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "app/config/arguments.h"
#include "app/config/config.h"
#include "app/config/surroundings.h"
#include "base/error.h"

namespace soundbite {

// How a subcommand ends when it does not succeed. One line on standard error, unless it is empty.
struct Failure {
  int exit_code = 1;  // 1: failed; 2: called wrongly; 128 + signal: interrupted
  std::string line;
};

using Ending = std::expected<void, Failure>;

inline std::unexpected<Failure> failed(std::string line) { return std::unexpected(Failure{1, std::move(line)}); }
inline std::unexpected<Failure> called_wrongly(std::string line) {
  return std::unexpected(Failure{2, std::move(line)});
}

struct Command;

struct Invocation {
  const Arguments& arguments;
  const Surroundings& surroundings;
  std::span<const Command> commands;  // all there are
};

struct Command {
  CommandSpec (*spec)();
  Ending (*run)(const Invocation& invocation);
};

// The configuration of this call.
std::expected<LoadedConfig, Failure> load_config(const Invocation& invocation);

// Runs the subcommand that argv names. Returns the exit code.
int run_command_line(std::span<const Command> commands, int argc, char** argv);

}  // namespace soundbite
