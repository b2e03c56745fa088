#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace soundbite {

bool retryable(ErrorCode code) {
  switch (code) {
    case ErrorCode::throttled:
    case ErrorCode::unavailable:
    case ErrorCode::timeout:
    case ErrorCode::storage_full:
    case ErrorCode::corrupt:
    case ErrorCode::internal: return true;
    case ErrorCode::invalid:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::cancelled: return false;
  }
  return false;
}

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return "invalid";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::throttled: return "throttled";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::storage_full: return "storage_full";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

Error error_from_errno(int number, std::string_view what) {
  ErrorCode code = ErrorCode::unavailable;
  switch (number) {
    case ENOSPC:
    case EDQUOT: code = ErrorCode::storage_full; break;
    case ENOENT: code = ErrorCode::not_found; break;
    case EEXIST: code = ErrorCode::conflict; break;
    default: break;
  }
  return {code, std::string(what) + ": " + std::generic_category().message(number)};
}

}  // namespace soundbite
