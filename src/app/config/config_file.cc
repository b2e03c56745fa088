#include "app/config/config_file.h"

#include <toml++/toml.h>

#include "base/file.h"

namespace soundbite {

namespace {

Error at_line(const std::string& path, const toml::source_region& where, const std::string& what) {
  return {ErrorCode::invalid, path + ":" + std::to_string(where.begin.line) + ": " + what, {}};
}

// A string or an integer as a flag would give it.
std::optional<std::string> scalar(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  return std::nullopt;
}

}  // namespace

Result<std::map<std::string, FileEntry>> read_config_file(const std::string& path) {
  const auto text = read_file(path, 1 << 20);
  if (!text) return std::unexpected(text.error());
  toml::table table;
  try {
    table = toml::parse(*text);
  } catch (const toml::parse_error& error) {
    return std::unexpected(at_line(path, error.source(), std::string(error.description())));
  }
  std::map<std::string, FileEntry> entries;
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    FileEntry entry{.line = static_cast<int>(node.source().begin.line)};
    if (const auto* array = node.as_array()) {
      for (const auto& element : *array) {
        if (auto value = scalar(element)) entry.values.push_back(std::move(*value));
      }
      if (entry.values.size() != array->size())
        return std::unexpected(at_line(path, node.source(), "write " + name + " as an array of strings"));
    } else if (auto value = scalar(node)) {
      entry.values.push_back(std::move(*value));
    } else if (!node.is_table()) {  // an unknown table is named by the caller
      return std::unexpected(at_line(path, node.source(), "write " + name + " as a string or a whole number"));
    }
    entries.emplace(name, std::move(entry));
  }
  return entries;
}

}  // namespace soundbite
