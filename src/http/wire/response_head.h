// The status line and header fields of an answer, composed into one string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace soundbite {

struct HeadFields {
  std::string_view date;  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
  std::string_view correlation_id;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  int minor_version = 1;  // of the request: HTTP/1.0 wants keep-alive confirmed
};

// Appends to `out`.
void append_head(std::string& out, const Response& response, const HeadFields& fields);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Time time);

// The Date field with its name and line end.
std::string date_line(Time now);

}  // namespace soundbite
