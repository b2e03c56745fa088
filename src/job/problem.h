// Problem types (RFC 9457): one constant title per type, and which status it answers with. http renders them; a failed
// job keeps one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace soundbite {

struct ProblemType {
  std::string_view name;  // the last part of /problems/{name}: "validation-failed"
  int status;
  std::string_view title;
  std::string_view explanation;  // for people, at /problems/{name}
};

struct Problem {
  const ProblemType* type;  // never null; static storage
  std::string detail;
  std::vector<FieldError> errors;
  bool operator==(const Problem&) const = default;
};

std::span<const ProblemType> problem_types();
// Null when there is none of that name.
const ProblemType* find_problem_type(std::string_view name);

// The problem that tells a client of `error`; internal errors lose their message.
Problem to_problem(const Error& error);

// {"name", "detail", "errors"}: the stored form.
std::string to_stored_json(const Problem& problem);
Result<Problem> parse_stored_problem(std::string_view stored);

}  // namespace soundbite
