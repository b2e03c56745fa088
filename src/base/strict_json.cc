#include "base/strict_json.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

namespace soundbite {

namespace json = boost::json;

namespace {

// Builds the value as boost::json::parser does, and stops at a key that its object already has (boost keeps the last).
struct Handler {
  static constexpr std::size_t max_object_size = 10'000;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = 4'096;
  static constexpr std::size_t max_string_size = std::size_t{1} << 28;
  using error_code = json::error_code;

  json::value_stack stack;
  std::vector<std::unordered_set<std::string>> keys;
  std::string key;
  std::string duplicate;

  bool on_document_begin(error_code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    keys.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t n, error_code&) {
    keys.pop_back();
    stack.push_object(n);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code&) {
    stack.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view s, std::size_t, error_code&) {
    key.append(s);
    stack.push_chars(s);
    return true;
  }
  bool on_key(json::string_view s, std::size_t, error_code& ec) {
    key.append(s);
    if (!keys.back().insert(key).second) {
      duplicate = key;
      ec = json::error::exception;
      return false;
    }
    key.clear();
    stack.push_key(s);
    return true;
  }
  bool on_string_part(json::string_view s, std::size_t, error_code&) {
    stack.push_chars(s);
    return true;
  }
  bool on_string(json::string_view s, std::size_t, error_code&) {
    stack.push_string(s);
    return true;
  }
  bool on_number_part(json::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t i, json::string_view, error_code&) {
    stack.push_int64(i);
    return true;
  }
  bool on_uint64(std::uint64_t u, json::string_view, error_code&) {
    stack.push_uint64(u);
    return true;
  }
  bool on_double(double d, json::string_view, error_code& ec) {
    if (!std::isfinite(d)) {  // "1e999" is infinity to boost
      ec = json::error::exponent_overflow;
      return false;
    }
    stack.push_double(d);
    return true;
  }
  bool on_bool(bool b, error_code&) {
    stack.push_bool(b);
    return true;
  }
  bool on_null(error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }
};

std::unexpected<Error> bad_json(std::string code, std::string detail) {
  return std::unexpected(
      Error{ErrorCode::invalid, "the body is not valid JSON", {{"", std::move(code), std::move(detail), {}}}});
}

}  // namespace

Result<json::value> parse_strict_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = json_max_depth;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (!parser.handler().duplicate.empty() || (error == json::error::exception)) {
    return bad_json("duplicate_key", "the key \"" + parser.handler().duplicate + "\" is given twice; keep one");
  }
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error && !parser.done()) error = json::error::incomplete;
  if (error) return bad_json("bad_json", error.message() + " at byte " + std::to_string(read));
  return parser.handler().stack.release();
}

}  // namespace soundbite
