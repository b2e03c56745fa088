// The TOML file of settings: flat, one key for each.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct FileEntry {
  std::vector<std::string> values = {};  // as a flag would give them; several only from an array of strings
  int line = 0;
};

// Errors: not_found, unavailable (cannot be read); invalid (not TOML, or a value that is no string, number or array of
// strings), one line that names file and line.
Result<std::map<std::string, FileEntry>> read_config_file(const std::string& path);

}  // namespace soundbite
