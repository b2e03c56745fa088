#include "app/version.h"

#include <cstdio>

#include "app/commands.h"
#include "base/text.h"

namespace soundbite {

std::string_view version() { return SOUNDBITE_VERSION; }

CommandSpec version_spec() {
  return {.name = "version",
          .summary = "print which release this is",
          .options = {{.name = "json", .help = "print {\"version\": …}"}},
          .examples = "  soundbite version\n  soundbite version --json\n"};
}

Ending run_version(const Invocation& invocation) {
  if (invocation.arguments.has("json")) {
    std::printf("{\"version\":%s}\n", quote_json(version()).c_str());
  } else {
    std::printf("soundbite %s\n", std::string(version()).c_str());
  }
  return {};
}

}  // namespace soundbite
