// What can go wrong, named by what the caller does next.
//
// Every fallible function returns Result<T>. Adapters map each vendor failure to one ErrorCode; only the worker and the
// retry policy decide to retry. Exceptions are for start-up failures and bugs.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace soundbite {

enum class ErrorCode {
  invalid,       // the input is wrong: the client must change it; `fields` says where
  not_found,     // no such thing, or not the caller's
  conflict,      // the state does not allow it: read again, then decide
  throttled,     // too much at once: later
  unavailable,   // a part is missing or stopped: later
  timeout,       // the deadline passed; whether the effect took place is unknown unless the callee says so
  cancelled,     // the caller asked to stop
  storage_full,  // no room: later, and tell the operator
  corrupt,       // stored bytes are not what was written
  internal,      // a bug
};

// One wrong field of a request. `pointer` is a JSON Pointer (RFC 6901) into the request body.
struct FieldError {
  std::string pointer;
  std::string code;    // stable, snake_case: "unknown_voice"
  std::string detail;  // a sentence that names the fix
  std::vector<std::string> suggestions;
  bool operator==(const FieldError&) const = default;
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::vector<FieldError> fields = {};
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error{code, std::move(message), {}});
}

// True when the same call may succeed later without a change of input.
bool retryable(ErrorCode code);

// "not_found", as logs and metrics print it.
std::string_view name_of(ErrorCode code);

// The message of errno `number`, with `what` before it, mapped to an ErrorCode (ENOSPC and EDQUOT: storage_full).
Error error_from_errno(int number, std::string_view what);

}  // namespace soundbite
