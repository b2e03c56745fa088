#include "http/wire/target.h"

#include <algorithm>

#include "base/text.h"
#include "http/wire/characters.h"

namespace soundbite {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char folded = lower(c);
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

}  // namespace

std::optional<Target> split_target(std::string_view target) {
  Target parts;
  if (target == "*") {
    parts.path = target;
    return parts;
  }
  if (!target.starts_with('/')) {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == target.npos) return std::nullopt;
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equals_folded(scheme, "http") && !equals_folded(scheme, "https")) return std::nullopt;
    const std::size_t begin = scheme_end + 3;
    const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
    parts.authority = target.substr(begin, end - begin);
    if (parts.authority.empty() || !all(parts.authority, characters::authority)) return std::nullopt;
    target.remove_prefix(end);
  }
  const std::size_t question = target.find('?');
  parts.path = target.substr(0, question);
  if (question != target.npos) parts.query = target.substr(question + 1);
  if (parts.path.empty()) parts.path = "/";
  return parts;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (find_invalid_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::string host_of_authority(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : authority.npos;
  const std::size_t end = bracket != authority.npos ? bracket + 1 : std::min(authority.find(':'), authority.size());
  std::string host(authority.substr(0, end));
  std::ranges::transform(host, host.begin(), lower);
  return host;
}

QueryReader::QueryReader(std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals));
    const auto value = percent_decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1));
    if (!name || !value) {
      wrong(name.value_or(""), "bad_encoding", "percent signs are followed by two hex digits of UTF-8");
    } else if (std::ranges::find(parameters_, *name, &Parameter::name) != parameters_.end()) {
      wrong(*name, "duplicate", "send this parameter once");
    } else {
      parameters_.push_back({*name, *value});
    }
  }
}

std::optional<std::string> QueryReader::take(std::string_view name) {
  known_.emplace_back(name);
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  if (found == parameters_.end()) return std::nullopt;
  found->taken = true;
  return found->value;
}

void QueryReader::wrong(std::string_view name, std::string code, std::string detail,
                        std::vector<std::string> suggestions) {
  errors_.push_back({"/query/" + std::string(name), std::move(code), std::move(detail), std::move(suggestions)});
}

std::vector<FieldError> QueryReader::finish() {
  for (const Parameter& parameter : parameters_) {
    if (!parameter.taken) {
      wrong(parameter.name, "unknown_parameter", "there is no such query parameter here",
            nearest_names(parameter.name, known_));
    }
  }
  return std::move(errors_);
}

}  // namespace soundbite
