// The request target (RFC 9112, section 3.2) and its query.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace soundbite {

// Views into the target.
struct Target {
  std::string_view path;       // "/…", or "*"
  std::string_view query;      // without the question mark
  std::string_view authority;  // of an absolute target, else empty
};

// Origin form, absolute form (http, https) and "*"; nullopt for anything else.
std::optional<Target> split_target(std::string_view target);

// Nullopt when a percent sign is not followed by two hex digits, or when the result is not UTF-8 or holds a NUL.
// A plus sign stays one.
std::optional<std::string> percent_decode(std::string_view text);

// The host of "host:port", in lower case, brackets kept: "LOCALHOST:80" → "localhost", "[::1]:80" → "[::1]".
std::string host_of_authority(std::string_view authority);

// The parameters of a query. Each is taken by name, once; what is wrong collects, and what nobody took is wrong too.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query);

  // The decoded value, or nullopt when it was not sent.
  std::optional<std::string> take(std::string_view name);
  void wrong(std::string_view name, std::string code, std::string detail, std::vector<std::string> suggestions = {});
  // Every wrong parameter, with "/query/{name}" as its pointer.
  std::vector<FieldError> finish();

 private:
  struct Parameter {
    std::string name;
    std::string value;
    bool taken = false;
  };
  std::vector<Parameter> parameters_;
  std::vector<std::string> known_;
  std::vector<FieldError> errors_;
};

}  // namespace soundbite
