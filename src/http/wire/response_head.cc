#include "http/wire/response_head.h"

#include <charconv>
#include <ctime>

namespace soundbite {

namespace {

// On every answer: nothing here is a page that may run or load anything, or be framed.
constexpr std::string_view security_fields =
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 460: return "Checksum Mismatch";  // of tus
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "";  // the phrase is optional
  }
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end);
}

}  // namespace

void append_head(std::string& out, const Response& response, const HeadFields& fields) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_of(response.status)).append("\r\n").append(fields.date);
  const bool has_content = response.status != 204 && response.status != 304;
  if (has_content) {
    if (!response.content_type.empty()) out.append("Content-Type: ").append(response.content_type).append("\r\n");
    out.append("Content-Length: ");
    append_number(out, fields.content_length);
    out.append("\r\n");
  }
  out.append("Cache-Control: ").append(response.cache_control).append("\r\n");
  out.append("X-Correlation-Id: ").append(fields.correlation_id).append("\r\n");
  out.append(security_fields).append(response.headers);
  if (!fields.keep_alive) out.append("Connection: close\r\n");
  if (fields.keep_alive && fields.minor_version == 0) out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
}

std::string http_date(Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  // The process runs in the C locale, so the names are English.
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string date_line(Time now) { return "Date: " + http_date(now) + "\r\n"; }

}  // namespace soundbite
