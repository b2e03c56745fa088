// Which handler answers which address.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/async.h"
#include "http/drain.h"
#include "http/message.h"
#include "http/server.h"

namespace soundbite {

// What handlers are given; each takes what it uses.
struct Api {
  const HttpOptions& options;
  const HttpServices& services;
  Drain& drain;
  asio::thread_pool& rendering;  // for answers that take a while to make
};

// What a route does with the body. A form and a stream are pulled by the handler while they arrive.
enum class Body : std::uint8_t { ignored, json, form, stream };

constexpr bool is_pulled(Body body) { return body >= Body::form; }

// How loud a request is in the log: probes and scrapes come every few seconds.
enum class Loudness : std::uint8_t { info, debug };

struct Route {
  Method method;
  std::string_view pattern;  // one {parameter} at most, a whole segment
  std::string_view name;     // for metrics and logs
  Body body;
  Loudness loudness;
  awaitable<Answer> (*handler)(const Api& api, const Request& request);
};

std::span<const Route> all_routes();

struct RouteMatch {
  const Route* route = nullptr;  // null: no such path (then `allowed` is 0), or not with this method
  std::uint8_t allowed = 0;      // the methods of the path, one bit each
  std::string_view parameter;
};

// HEAD is answered wherever GET is, OPTIONS wherever anything is. Where one address takes both JSON and a form, the
// type of the body tells. Allocates nothing.
RouteMatch match_route(Method method, std::string_view path, bool with_form = false);

// "GET, HEAD, OPTIONS".
std::string allow_list(std::uint8_t allowed);

}  // namespace soundbite
