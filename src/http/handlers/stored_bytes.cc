#include "http/handlers/stored_bytes.h"

#include <algorithm>

#include "http/problems.h"
#include "http/wire/conditional.h"

namespace soundbite::handlers {

namespace {

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%'; }

std::string encode_extended(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool bare =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    if (bare) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace

std::string disposition_of(std::string_view kind, std::string_view file_name) {
  std::string plain(file_name);
  std::ranges::replace_if(plain, [](char c) { return !is_plain(c); }, '_');
  std::string disposition = std::string(kind) + "; filename=\"" + plain + '"';
  if (plain != file_name) disposition += "; filename*=UTF-8''" + encode_extended(file_name);
  return disposition;
}

Answer send_bytes(StoredBytes bytes, const Request& request) {
  Response response;
  response.content_type = {};
  response.cache_control = stored_cache_rule;
  response.add_header("Content-Type", bytes.content_type);
  response.add_header("ETag", bytes.etag);
  response.add_header("Accept-Ranges", "bytes");
  response.add_header("Content-Disposition", bytes.disposition);
  if (!request.if_none_match.empty() && names_etag(request.if_none_match, bytes.etag)) {
    response.status = 304;
    return response;
  }
  const std::uint64_t size = bytes.blob.bytes;
  // RFC 9110 defines ranges for GET alone; an If-Range that names other bytes asks for the whole.
  const bool ranged = request.method == Method::get && (request.if_range.empty() || request.if_range == bytes.etag);
  const RangeAnswer range = ranged ? read_range(request.range, size) : RangeAnswer{};
  if (range.kind == RangeAnswer::Kind::unsatisfiable) {
    auto refusal = refuse("range-not-satisfiable", std::string(bytes.what) + " has " + std::to_string(size) + " bytes");
    refusal.headers = "Content-Range: bytes */" + std::to_string(size) + "\r\n";
    return std::unexpected(std::move(refusal));
  }
  response.file = FileSlice{std::move(bytes.blob.file), 0, size};
  if (range.kind == RangeAnswer::Kind::part) {
    response.status = 206;
    response.file->offset = range.offset;
    response.file->length = range.length;
    response.add_header("Content-Range", "bytes " + std::to_string(range.offset) + '-' +
                                             std::to_string(range.offset + range.length - 1) + '/' +
                                             std::to_string(size));
  }
  return response;
}

}  // namespace soundbite::handlers
