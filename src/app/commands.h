// Every subcommand; each is in the file of its name.
#pragma once

#include "app/command.h"

namespace soundbite {

CommandSpec serve_spec();
Ending run_serve(const Invocation& invocation);

CommandSpec say_spec();
Ending run_say(const Invocation& invocation);

CommandSpec process_spec();
Ending run_process(const Invocation& invocation);

CommandSpec analyze_spec();
Ending run_analyze(const Invocation& invocation);

CommandSpec voices_spec();
Ending run_voices(const Invocation& invocation);

CommandSpec show_config_spec();
Ending run_show_config(const Invocation& invocation);

CommandSpec doctor_spec();
Ending run_doctor(const Invocation& invocation);

CommandSpec dlq_spec();
Ending run_dlq(const Invocation& invocation);

CommandSpec version_spec();
Ending run_version(const Invocation& invocation);

CommandSpec completion_spec();
Ending run_completion(const Invocation& invocation);

}  // namespace soundbite
