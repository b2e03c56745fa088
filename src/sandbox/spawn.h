// Starting soundbite-media.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/file.h"

namespace soundbite {

// Starts `program` in a session of its own with nothing but standard error and `channel` (as wire::channel_fd), an
// empty environment and default signals. The caller waits for it. Errors: unavailable; the message names the program.
Result<pid_t> spawn_zygote(const std::string& program, const File& channel);

}  // namespace soundbite
