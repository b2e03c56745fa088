#include "app/config/surroundings.h"

#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>

namespace soundbite {

Surroundings read_surroundings() {
  Surroundings surroundings;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    surroundings.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  std::error_code error;
  surroundings.executable = std::filesystem::read_symlink("/proc/self/exe", error).string();
  return surroundings;
}

}  // namespace soundbite
