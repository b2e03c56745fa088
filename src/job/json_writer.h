// Writes the members of one JSON object in the order they are given: what clients read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace soundbite {

// Appends to `out`, which outlives it; the comma is its business. An inner object is JsonObject(outer.key("name")),
// closed before the next member. For one thread.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  // Writes the name; the caller appends the value to what it answers.
  std::string& key(std::string_view name);
  // A member whose name is a client's.
  void client_text(std::string_view name, std::string_view value);
  void text(std::string_view name, std::string_view value);
  void texts(std::string_view name, std::span<const std::string> values);
  void time(std::string_view name, Time value);
  void integer(std::string_view name, std::int64_t value);
  void boolean(std::string_view name, bool value);
  // At most six decimals: microseconds of audio are finer than any sample. What is not finite is null.
  void number(std::string_view name, double value);

 private:
  void comma();

  std::string& out_;
  bool first_ = true;
};

}  // namespace soundbite
