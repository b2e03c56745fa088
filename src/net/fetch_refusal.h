// Why a URL gave nothing, in words for the client that named it. Pure.
#pragma once

#include <string>

#include "base/error.h"

namespace soundbite {

// Of one request: made for each URL of a chain of redirects.
struct FetchRefusal {
  std::string pointer;  // of the field that named the first URL
  std::string shown;    // this URL, as it may be shown

  // invalid, with one field error; `detail` is what is wrong with the URL and how to mend it.
  std::unexpected<Error> refused(std::string detail) const { return field("url_refused", std::move(detail)); }
  std::unexpected<Error> failed(std::string detail) const { return field("url_failed", std::move(detail)); }
  std::unexpected<Error> too_large(std::uint64_t limit) const {
    return field("too_large", "is larger than the limit of " + std::to_string(limit) + " bytes; name a smaller file");
  }
  // May be tried again; `what` happened at the URL: "answered 503".
  std::unexpected<Error> unavailable(std::string_view what) const {
    return fail(ErrorCode::unavailable, shown + ' ' + std::string(what));
  }
  std::unexpected<Error> too_slow(std::string_view what) const {
    return fail(ErrorCode::timeout, shown + ' ' + std::string(what));
  }

 private:
  std::unexpected<Error> field(std::string code, std::string detail) const {
    std::string message = shown + ' ' + detail;
    return std::unexpected(
        Error{ErrorCode::invalid, std::move(message), {{pointer, std::move(code), std::move(detail), {}}}});
  }
};

}  // namespace soundbite
