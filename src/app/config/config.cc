#include "app/config/config.h"

#include <unistd.h>

#include "app/config/config_file.h"
#include "app/config/values.h"
#include "base/text.h"

namespace soundbite {

namespace {

using FileEntries = std::map<std::string, FileEntry>;

constexpr std::string_view variable_prefix = "SOUNDBITE_";
constexpr std::string_view config_variable = "SOUNDBITE_CONFIG";

std::string unknown(std::string_view what, const std::string& name, std::span<const std::string> known) {
  const auto nearest = nearest_names(name, known, 1);
  return "unknown " + std::string(what) + " " + name +
         (nearest.empty() ? "; `soundbite config` lists all" : ": did you mean " + nearest.front() + "?");
}

Result<void> check_variables(const Surroundings& surroundings) {
  std::vector<std::string> known{std::string(config_variable)};
  for (const auto& setting : all_settings()) known.push_back(setting.variable());
  for (const auto& [name, value] : surroundings.variables) {
    if (name.starts_with(variable_prefix) && std::ranges::find(known, name) == known.end())
      return fail(ErrorCode::invalid, unknown("variable", name, known));
  }
  return {};
}

// The file that was named, which must be there; else the first of the usual ones that is.
std::string find_config_file(const Arguments& arguments, const Surroundings& surroundings) {
  if (const auto named = arguments.value("config")) return *named;
  if (const auto named = surroundings.variable(std::string(config_variable)); !named.empty()) return named;
  std::vector<std::string> usual;
  if (const auto home = surroundings.variable("XDG_CONFIG_HOME"); !home.empty()) {
    usual.push_back(home + "/soundbite/config.toml");
  } else if (const auto user = surroundings.variable("HOME"); !user.empty()) {
    usual.push_back(user + "/.config/soundbite/config.toml");
  }
  usual.emplace_back("/etc/soundbite/config.toml");
  for (const auto& path : usual) {
    if (::access(path.c_str(), F_OK) == 0) return path;
  }
  return std::string();
}

Result<FileEntries> read_known_entries(const std::string& path) {
  if (path.empty()) return FileEntries{};
  auto entries = read_config_file(path);
  if (!entries) return entries;
  std::vector<std::string> known;
  for (const auto& setting : all_settings()) known.push_back(setting.key());
  for (const auto& [key, entry] : *entries) {
    if (std::ranges::find(known, key) == known.end())
      return fail(ErrorCode::invalid, path + ":" + std::to_string(entry.line) + ": " + unknown("key", key, known));
  }
  return entries;
}

std::vector<std::string> split_at_colons(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const auto colon = text.find(':');
    if (colon != 0 && !text.empty()) parts.emplace_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

struct Written {
  Origin origin;
  std::vector<std::string> values;
};

// The strongest source that has the setting.
Written find_written(const Setting& setting, const Arguments& arguments, const Surroundings& surroundings,
                     const FileEntries& entries, const std::string& file) {
  if (const auto* given = arguments.values(std::string(setting.name))) return {{Source::flag, setting.flag()}, *given};
  if (const auto text = surroundings.variable(setting.variable()); !text.empty()) {
    return {{Source::variable, setting.variable()},
            setting.repeatable() ? split_at_colons(text) : std::vector<std::string>{text}};
  }
  if (const auto found = entries.find(setting.key()); found != entries.end())
    return {{Source::file, file + ":" + std::to_string(found->second.line)}, found->second.values};
  if (setting.fallback.empty()) return {};
  return {{}, {std::string(setting.fallback)}};
}

Error bad_value(const Setting& setting, const Written& written, const Error& why) {
  std::string all;
  for (const auto& value : written.values) all += (all.empty() ? "" : ", ") + value;
  const std::string name =
      written.origin.source == Source::file ? written.origin.place + ": " + setting.key() : written.origin.place;
  return {ErrorCode::invalid, "bad value " + quote_json(all) + " for " + name + ": " + why.message, {}};
}

}  // namespace

std::string_view name_of(Source source) {
  switch (source) {
    case Source::flag: return "flag";
    case Source::variable: return "variable";
    case Source::file: return "file";
    case Source::fallback: break;
  }
  return "default";
}

Result<LoadedConfig> load_config(const Arguments& arguments, const Surroundings& surroundings) {
  if (auto checked = check_variables(surroundings); !checked) return std::unexpected(checked.error());
  LoadedConfig loaded;
  loaded.file = find_config_file(arguments, surroundings);
  const auto entries = read_known_entries(loaded.file);
  if (!entries) return std::unexpected(entries.error());
  std::vector<bool> is_set;
  for (const auto& setting : all_settings()) {
    const Written written = find_written(setting, arguments, surroundings, *entries, loaded.file);
    is_set.push_back(written.origin.source != Source::fallback);
    if (is_set.back() || !written.values.empty()) {
      if (const auto assigned = assign(loaded.config, setting, written.values); !assigned)
        return std::unexpected(bad_value(setting, written, assigned.error()));
    }
    loaded.origins.push_back(written.origin);
  }
  find_defaults(loaded.config, surroundings, is_set);
  return loaded;
}

Result<void> check_exposure(const Config& config) {
  if (config.auth != "none" || is_loopback(config.listen.host)) return {};
  return fail(ErrorCode::invalid, "refusing to listen on " + write_listen_address(config.listen) +
                                      ": without authentication only this machine may reach the server; use --listen "
                                      "127.0.0.1:" +
                                      std::to_string(config.listen.port) +
                                      " and put a proxy that authenticates before it");
}

}  // namespace soundbite
