#include "job/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace soundbite {

std::string& JsonObject::key(std::string_view name) {
  comma();
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return out_;
}

void JsonObject::client_text(std::string_view name, std::string_view value) {
  comma();
  out_ += quote_json(name) + ':' + quote_json(value);
}

void JsonObject::text(std::string_view name, std::string_view value) { key(name) += quote_json(value); }

void JsonObject::texts(std::string_view name, std::span<const std::string> values) {
  key(name) += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out_ += ',';
    out_ += quote_json(values[i]);
  }
  out_ += ']';
}

void JsonObject::time(std::string_view name, Time value) { key(name) += '"' + format_rfc3339(value) + '"'; }

void JsonObject::integer(std::string_view name, std::int64_t value) { key(name) += std::to_string(value); }

void JsonObject::boolean(std::string_view name, bool value) { key(name) += value ? "true" : "false"; }

void JsonObject::number(std::string_view name, double value) {
  if (!std::isfinite(value)) {
    key(name) += "null";
    return;
  }
  std::array<char, 32> buffer;
  const double rounded = std::round(value * 1e6) / 1e6 + 0.0;  // −0 + 0 is 0
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), rounded).ptr;
  key(name).append(buffer.data(), end);
}

void JsonObject::comma() {
  if (!first_) out_ += ',';
  first_ = false;
}

}  // namespace soundbite
