#include <array>

#include "app/commands.h"

int main(int argc, char** argv) {
  using namespace soundbite;
  constexpr std::array commands{
      Command{say_spec, run_say},
      Command{process_spec, run_process},
      Command{analyze_spec, run_analyze},
      Command{serve_spec, run_serve},
      Command{voices_spec, run_voices},
      Command{show_config_spec, run_show_config},
      Command{doctor_spec, run_doctor},
      Command{dlq_spec, run_dlq},
      Command{completion_spec, run_completion},
      Command{version_spec, run_version},
  };
  return run_command_line(commands, argc, argv);
}
