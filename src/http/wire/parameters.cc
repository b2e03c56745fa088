#include "http/wire/parameters.h"

#include <algorithm>

#include "http/wire/characters.h"
#include "http/wire/target.h"

namespace soundbite {

namespace {

std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool escapes = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    value.push_back(escapes ? text[++i] : text[i]);
  }
  return std::nullopt;
}

std::optional<std::string> take_token(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, [](char c) { return is(c, characters::token); });
  const std::string_view token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  if (token.empty()) return std::nullopt;
  text.remove_prefix(token.size());
  return std::string(token);
}

}  // namespace

const std::string* ParameterisedValue::find(std::string_view name) const {
  const auto found = std::ranges::find_if(parameters, [&](const auto& one) { return equals_folded(one.name, name); });
  return found == parameters.end() ? nullptr : &found->value;
}

std::optional<ParameterisedValue> parse_parameters(std::string_view text) {
  ParameterisedValue parsed;
  const std::size_t semicolon = std::min(text.find(';'), text.size());
  parsed.value = trimmed(text.substr(0, semicolon));
  text = trimmed(text.substr(semicolon));
  while (!text.empty()) {
    if (!text.starts_with(';')) return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty()) break;  // a semicolon behind the last
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) return std::nullopt;
    const std::string_view name = text.substr(0, equals);
    if (!all(name, characters::token)) return std::nullopt;
    const auto same = [&](const auto& one) {
      return std::ranges::equal(one.name, name, [](char a, char b) { return lower(a) == lower(b); });
    };
    if (std::ranges::any_of(parsed.parameters, same)) return std::nullopt;
    text.remove_prefix(equals + 1);
    auto value = text.starts_with('"') ? take_quoted(text) : take_token(text);
    if (!value) return std::nullopt;
    parsed.parameters.push_back({name, std::move(*value)});
    text = trimmed(text);
  }
  return parsed;
}

std::optional<std::string> decode_extended(std::string_view value) {
  const std::size_t first = value.find('\'');
  const std::size_t second = first == value.npos ? first : value.find('\'', first + 1);
  if (second == value.npos || !equals_folded(value.substr(0, first), "utf-8")) return std::nullopt;
  return percent_decode(value.substr(second + 1));
}

}  // namespace soundbite
