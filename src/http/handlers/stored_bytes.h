// Sends stored bytes: whole, in part, or as the news that the client has them already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"
#include "port/blob_store.h"

namespace soundbite::handlers {

// Asked again each time, and answered 304: what was deleted is not played from a cache.
inline constexpr std::string_view stored_cache_rule = "private, no-cache";

struct StoredBytes {
  Blob blob;
  std::string_view what;  // for people: "the audio"
  std::string content_type;
  std::string etag;         // with its quotes
  std::string disposition;  // of Content-Disposition
};

// Range, If-Range and If-None-Match are honoured.
Answer send_bytes(StoredBytes bytes, const Request& request);

// "inline; filename=\"…\"", with the name in UTF-8 beside it where it is not plain ASCII (RFC 6266).
std::string disposition_of(std::string_view kind, std::string_view file_name);

}  // namespace soundbite::handlers
