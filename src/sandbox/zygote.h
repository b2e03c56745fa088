// The loop of soundbite-media: forks one child for each request. Single-threaded, and it parses nothing but our own
// requests, so that every fork is a clean and cheap copy of a process whose libraries are loaded and bound.
#pragma once

#include <functional>

#include "base/file.h"
#include "sandbox/child.h"

namespace soundbite {

struct ZygoteWork {
  ChildWork child;  // called in a forked child
  // Called in the zygote while there is nothing to do: one step of preparation; false when there is none left.
  std::function<bool()> prepare;
};

// Runs until the other end of `channel` closes; then every child is ended. Returns the exit status of the program.
int run_zygote(File channel, const ZygoteWork& work);

}  // namespace soundbite
