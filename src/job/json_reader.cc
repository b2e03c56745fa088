#include "job/json_reader.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/text.h"

namespace soundbite {

namespace json = boost::json;

namespace {

std::string shown(double value) {
  std::array<char, 32> buffer{};
  const int n = std::snprintf(buffer.data(), buffer.size(), "%g", value);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

double rounded(double value) {
  constexpr double small = 1e6;  // a larger one has no nine decimals that a double could hold
  if (std::abs(value) < small) value = std::round(value * 1e9) / 1e9;
  return value + 0.0;  // −0 + 0 is 0
}

}  // namespace

std::string escape_pointer(std::string_view step) {
  std::string escaped;
  for (const char c : step) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else
      escaped += c;
  }
  return escaped;
}

void check_range(std::string pointer, double value, double low, double high, std::vector<FieldError>& errors) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  errors.push_back({std::move(pointer), "out_of_range", "must be from " + shown(low) + " to " + shown(high), {}});
}

void JsonReader::text(std::string_view name, std::string& into) {
  const auto* value = find(name);
  if (!value) return;
  const auto* string = value->if_string();
  if (!string) return wrong_type(name, "a string");
  into.assign(string->data(), string->size());
}

void JsonReader::text(std::string_view name, std::string& into, std::size_t max_bytes) {
  std::string read = into;
  text(name, read);
  if (read.size() <= max_bytes)
    into = std::move(read);
  else
    add(name, "too_long", "has at most " + std::to_string(max_bytes) + " bytes");
}

void JsonReader::texts(std::string_view name, std::vector<std::string>& into, std::size_t max_count,
                       std::size_t max_bytes) {
  const auto* values = array(name);
  if (!values) return;
  if (values->size() > max_count) return add(name, "too_many", "has at most " + std::to_string(max_count));
  std::vector<std::string> read;
  for (const auto& value : *values) {
    const auto* string = value.if_string();
    if (!string || string->size() > max_bytes) {
      return add(name, "wrong_type", "must be strings of at most " + std::to_string(max_bytes) + " bytes");
    }
    read.emplace_back(string->data(), string->size());
  }
  into = std::move(read);
}

std::optional<double> JsonReader::finite(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (!value->is_number()) {
    wrong_type(name, "a number");
    return std::nullopt;
  }
  const auto number = value->to_number<double>();
  if (std::isfinite(number)) return rounded(number);
  wrong_type(name, "a number");
  return std::nullopt;
}

void JsonReader::number(std::string_view name, double& into) { into = finite(name).value_or(into); }

void JsonReader::number(std::string_view name, double& into, double low, double high) {
  const auto number = finite(name);
  if (!number) return;
  if (*number >= low && *number <= high)
    into = *number;
  else
    check_range(pointer_to(name), *number, low, high, errors_);
}

void JsonReader::number(std::string_view name, std::optional<double>& into, double low, double high) {
  const auto before = errors_.size();
  double read = low;
  number(name, read, low, high);
  if (has(name) && errors_.size() == before) into = read;
}

void JsonReader::integer(std::string_view name, std::optional<int>& into) {
  const auto* value = find(name);
  if (!value) return;
  if (!value->is_number()) return wrong_type(name, "a whole number");
  const auto number = value->to_number<double>();
  if (!std::isfinite(number) || number != std::floor(number)) return wrong_type(name, "a whole number");
  // What does not fit is out of any range of ours: the range check reports it.
  into = static_cast<int>(
      std::clamp(number, double{std::numeric_limits<int>::min()}, double{std::numeric_limits<int>::max()}));
}

void JsonReader::integer(std::string_view name, int& into, int low, int high) {
  std::optional<int> read;
  integer(name, read);
  if (!read) return;
  if (*read >= low && *read <= high)
    into = *read;
  else
    check_range(pointer_to(name), *read, low, high, errors_);
}

void JsonReader::count(std::string_view name, std::uint64_t& into) {
  constexpr auto largest = std::uint64_t{1} << 53;
  const auto* value = find(name);
  if (!value) return;
  json::error_code error;
  const auto read = value->to_number<std::uint64_t>(error);
  if (error || read > largest) return wrong_type(name, "a whole number, at least 0");
  into = read;
}

void JsonReader::boolean(std::string_view name, bool& into) {
  const auto* value = find(name);
  if (!value) return;
  if (!value->is_bool()) return wrong_type(name, "true or false");
  into = value->get_bool();
}

void JsonReader::file_id(std::string_view name, FileId& into) {
  const auto* value = find(name);
  if (!value) return;
  if (const auto id = file_id(*value, escape_pointer(name))) into = *id;
}

std::optional<FileId> JsonReader::file_id(const json::value& value, const std::string& place) {
  const auto* string = value.if_string();
  if (!string) {
    errors_.push_back({pointer_ + '/' + place, "wrong_type", "must be a string", {}});
    return std::nullopt;
  }
  auto id = FileId::parse(*string);
  if (!id) {
    errors_.push_back(
        {pointer_ + '/' + place, "unknown_file", "must be the id of a file; GET /api/v1/files lists them", {}});
  }
  return id;
}

std::optional<std::size_t> JsonReader::choice(std::string_view name, std::string_view code,
                                              std::span<const std::string_view> names) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  const auto* string = value->if_string();
  if (!string) {
    wrong_type(name, "a string");
    return std::nullopt;
  }
  const auto found = std::ranges::find(names, std::string_view(*string));
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const std::vector<std::string> all(names.begin(), names.end());
  const auto near = nearest_names(*string, all);
  add(name, std::string(code), "must be one of those that are known here", near.empty() ? all : near);
  return std::nullopt;
}

const json::object* JsonReader::object(std::string_view name) {
  const auto* value = find(name);
  if (!value) return nullptr;
  const auto* inner = value->if_object();
  if (!inner) wrong_type(name, "an object");
  return inner;
}

const json::array* JsonReader::array(std::string_view name) {
  const auto* value = find(name);
  if (!value) return nullptr;
  const auto* inner = value->if_array();
  if (!inner) wrong_type(name, "an array");
  return inner;
}

void JsonReader::require(std::string_view name, std::string detail) {
  if (!has(name)) add(name, "required", std::move(detail));
}

void JsonReader::refuse_others(std::span<const std::string_view> known) {
  for (const auto& member : object_) {
    const std::string_view name = member.key();
    if (std::ranges::find(known, name) != known.end()) continue;
    add(name, "unknown_field", "there is no such field here; remove it",
        nearest_names(name, std::vector<std::string>(known.begin(), known.end())));
  }
}

void JsonReader::add(std::string_view name, std::string code, std::string detail,
                     std::vector<std::string> suggestions) {
  errors_.push_back({pointer_to(name), std::move(code), std::move(detail), std::move(suggestions)});
}

void JsonReader::wrong_type(std::string_view name, std::string_view wanted) {
  add(name, "wrong_type", "must be " + std::string(wanted));
}

}  // namespace soundbite
