#include <cstdio>

#include "app/commands.h"
#include "app/text_table.h"
#include "base/text.h"

namespace soundbite {

namespace {

std::string as_json(const LoadedConfig& loaded) {
  std::string out = "{\"file\":" + (loaded.file.empty() ? "null" : quote_json(loaded.file)) + ",\"settings\":[";
  for (std::size_t i = 0; i < all_settings().size(); ++i) {
    const auto& setting = all_settings()[i];
    const auto& origin = loaded.origins[i];
    out += std::string(i == 0 ? "" : ",") + "\n{\"name\":" + quote_json(setting.name) +
           ",\"value\":" + quote_json(written_form(loaded.config, setting)) +
           ",\"source\":" + quote_json(name_of(origin.source)) +
           ",\"from\":" + (origin.place.empty() ? "null" : quote_json(origin.place)) +
           ",\"variable\":" + quote_json(setting.variable()) + ",\"key\":" + quote_json(setting.key()) +
           ",\"default\":" + quote_json(setting.default_text()) + "}";
  }
  return out + "\n]}\n";
}

}  // namespace

CommandSpec show_config_spec() {
  CommandSpec spec{.name = "config",
                   .summary = "print every setting in force and where it came from",
                   .options = {{.name = "json", .help = "print JSON"}},
                   .examples =
                       "  soundbite config\n"
                       "  soundbite config --config soundbite.toml\n"
                       "  SOUNDBITE_WORKERS=1 soundbite config --json | jq '.settings[] | select(.source != "
                       "\"default\")'\n"};
  for (const auto& setting : all_settings()) spec.settings.push_back(setting.name);
  return spec;
}

Ending run_show_config(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  if (invocation.arguments.has("json")) {
    std::fputs(as_json(*loaded).c_str(), stdout);
    return {};
  }
  std::vector<std::vector<std::string>> rows{{"SETTING", "VALUE", "FROM"}};
  for (std::size_t i = 0; i < all_settings().size(); ++i) {
    const auto& setting = all_settings()[i];
    const auto& origin = loaded->origins[i];
    const std::string value = written_form(loaded->config, setting);
    rows.push_back({std::string(setting.name), value.empty() ? "-" : value,
                    origin.place.empty() ? std::string(name_of(origin.source)) : origin.place});
  }
  std::fputs(text_table(rows).c_str(), stdout);
  return {};
}

}  // namespace soundbite
