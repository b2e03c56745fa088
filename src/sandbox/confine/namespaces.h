// Namespaces: what a process can see of the machine. The zygote enters those that all children can share once, since a
// network namespace costs more than a fork; each child gets a pid namespace of its own, which costs next to nothing.
#pragma once

#include <sys/types.h>

#include "sandbox/layers.h"

namespace soundbite {

// Moves the calling process, which has one thread, into new namespaces out of `wanted` (not the pid namespace), with an
// empty root folder in the mount namespace. What is not permitted is left out. Returns what was entered. Paths can no
// longer be opened afterwards.
LayerSet enter_shared_namespaces(LayerSet wanted);

// As fork(2), but the child is the first process of a pid namespace of its own. No handler of pthread_atfork runs.
pid_t fork_into_pid_namespace();

}  // namespace soundbite
