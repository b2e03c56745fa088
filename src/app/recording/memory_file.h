// Files without a name, in memory.
#pragma once

#include "base/error.h"
#include "base/file.h"

namespace soundbite {

// Empty, open for reading and writing. `name` shows in /proc alone. Errors: unavailable.
Result<File> memory_file(const char* name);

// All of `from`, from its start, to where `to` stands. Errors: what reading and writing answer.
Result<void> copy(const File& from, const File& to);

}  // namespace soundbite
