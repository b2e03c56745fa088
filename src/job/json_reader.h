// Reads the members of one JSON object, each with its type and range, and collects everything that is wrong.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/id.h"

namespace soundbite {

// One step of a JSON Pointer (RFC 6901): "a/b~" is "a~1b~0".
std::string escape_pointer(std::string_view step);

// Adds out_of_range unless `value` is finite and within [low, high].
void check_range(std::string pointer, double value, double low, double high, std::vector<FieldError>& errors);

// A member that is missing or wrong leaves its variable as it was; missing is no error unless asked with require().
// For one thread; `object` and `errors` outlive it.
class JsonReader {
 public:
  JsonReader(const boost::json::object& object, std::string pointer, std::vector<FieldError>& errors)
      : object_(object), pointer_(std::move(pointer)), errors_(errors), found_before_(errors.size()) {}

  void text(std::string_view name, std::string& into);
  void text(std::string_view name, std::string& into, std::size_t max_bytes);
  void texts(std::string_view name, std::vector<std::string>& into, std::size_t max_count, std::size_t max_bytes);
  // Numbers are rounded to nine decimals, finer than any sample, and −0 is 0: so that a number that was written as text
  // and read again is the same number (boost reads more digits only to within one unit in the last place).
  void number(std::string_view name, double& into);
  void number(std::string_view name, double& into, double low, double high);
  void number(std::string_view name, std::optional<double>& into, double low, double high);
  void integer(std::string_view name, std::optional<int>& into);
  void integer(std::string_view name, int& into, int low, int high);
  // A whole number from 0 to 2^53, the largest up to which every one is a double too.
  void count(std::string_view name, std::uint64_t& into);
  void boolean(std::string_view name, bool& into);
  void file_id(std::string_view name, FileId& into);
  // An element of an array: `place` is "fileIds/2".
  std::optional<FileId> file_id(const boost::json::value& value, const std::string& place);
  // Which of `names` it is; `code` when it is none of them.
  std::optional<std::size_t> choice(std::string_view name, std::string_view code,
                                    std::span<const std::string_view> names);
  const boost::json::object* object(std::string_view name);
  const boost::json::array* array(std::string_view name);

  // Nothing wrong was found up to now.
  bool clean() const { return errors_.size() == found_before_; }
  bool has(std::string_view name) const { return object_.contains(name); }
  void require(std::string_view name, std::string detail);
  void refuse_others(std::span<const std::string_view> known);

  std::string pointer_to(std::string_view name) const { return pointer_ + '/' + escape_pointer(name); }
  void add(std::string_view name, std::string code, std::string detail, std::vector<std::string> suggestions = {});

 private:
  const boost::json::value* find(std::string_view name) const { return object_.if_contains(name); }
  std::optional<double> finite(std::string_view name);
  void wrong_type(std::string_view name, std::string_view wanted);

  const boost::json::object& object_;
  std::string pointer_;
  std::vector<FieldError>& errors_;
  std::size_t found_before_;
};

}  // namespace soundbite
