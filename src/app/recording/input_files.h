// Which recordings a command works on.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace soundbite {

// Files as they are; folders become the files in them and below that have an extension of a recording, sorted; patterns
// that the shell left alone ("*.wav") become what they match. "-" stays. Errors: invalid (nothing there).
Result<std::vector<std::string>> find_input_files(std::span<const std::string> words);

// Opens one to read; "-" is standard input, copied to where it can be read again. Errors: as open; invalid for a
// folder.
Result<File> open_input_file(const std::string& path);

}  // namespace soundbite
