// The loop of soundbite-media: forks one child for each request. Single-threaded, and it parses nothing but our own
// requests, so that every fork is a clean and cheap copy of a process whose libraries are loaded and bound.
#pragma once

#include "base/file.h"
#include "sandbox/child.h"

namespace soundbite {

// Runs until the other end of `channel` closes; then every child is ended. What children need to open must have been
// opened before: from here on no path leads anywhere. Returns the exit status of the program.
int run_zygote(File channel, const ChildWork& work);

}  // namespace soundbite
