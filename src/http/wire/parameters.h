// Field values with parameters: "form-data; name=\"file\"; filename=\"a.mp3\"", "multipart/form-data; boundary=x".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace soundbite {

struct ParameterisedValue {
  std::string_view value;  // what stands before the first semicolon
  struct Parameter {
    std::string_view name;  // as sent
    std::string value;      // unquoted
  };
  std::vector<Parameter> parameters;

  // `name` in lower case.
  const std::string* find(std::string_view name) const;
};

// Nullopt when it is not well formed, or when a parameter comes twice. In a quoted string a backslash escapes a quote
// or a backslash alone: some clients send paths with backslashes.
std::optional<ParameterisedValue> parse_parameters(std::string_view text);

// "UTF-8''%e2%82%ac.mp3" (RFC 8187); nullopt for another charset or what is not UTF-8.
std::optional<std::string> decode_extended(std::string_view value);

}  // namespace soundbite
