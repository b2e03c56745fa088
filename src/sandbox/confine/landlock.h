// Landlock: the kernel's own list of what may be opened. Ours is empty.
#pragma once

#include "base/file.h"

namespace soundbite {

// A rule set that denies everything this kernel knows to deny; not open where it has no Landlock.
File make_deny_all_ruleset();

// Binds the calling thread to it for good. Needs no_new_privs. What is open already stays usable.
bool enter_landlock(const File& ruleset);

}  // namespace soundbite
