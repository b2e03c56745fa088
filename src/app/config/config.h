// The configuration in force: flag, else SOUNDBITE_ variable, else TOML file, else default.
#pragma once

#include <string>
#include <vector>

#include "app/config/arguments.h"
#include "app/config/settings.h"
#include "app/config/surroundings.h"
#include "base/error.h"

namespace soundbite {

// Where a value came from.
enum class Source { flag, variable, file, fallback };

std::string_view name_of(Source source);

struct Origin {
  Source source = Source::fallback;
  std::string place = {};  // "--listen", "SOUNDBITE_LISTEN", "/etc/soundbite/config.toml:3"; empty for a default
};

struct LoadedConfig {
  Config config;
  std::vector<Origin> origins;  // one for each of all_settings()
  std::string file;             // the TOML file that was read; empty: none
};

// Errors: invalid, one line that names the unknown name or the bad value, where it stands and the nearest valid one.
Result<LoadedConfig> load_config(const Arguments& arguments, const Surroundings& surroundings);

// Without authentication only this machine may reach the server. Errors: invalid.
Result<void> check_exposure(const Config& config);

}  // namespace soundbite
