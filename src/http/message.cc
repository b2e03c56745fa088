#include "http/message.h"

namespace soundbite {

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::remove: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
  }
  return "other";
}

void Response::add_header(std::string_view name, std::string_view value) {
  headers.append(name).append(": ");
  for (const char c : value) {
    if (static_cast<unsigned char>(c) >= 0x20) headers.push_back(c);
  }
  headers.append("\r\n");
}

}  // namespace soundbite
