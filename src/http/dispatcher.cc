#include "http/dispatcher.h"

#include <algorithm>
#include <boost/system/system_error.hpp>

#include "base/id.h"
#include "http/problems.h"
#include "http/wire/characters.h"
#include "http/wire/multipart.h"
#include "http/wire/target.h"

namespace soundbite {

namespace {

bool is_correlation_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

bool is_lower_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }

// The trace id of a W3C traceparent ("00-{32}-{16}-{2}"), or nothing. Later versions may be longer.
std::string_view trace_id_of(std::string_view traceparent) {
  if (traceparent.size() < 55 || traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return {};
  const std::string_view version = traceparent.substr(0, 2);
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16);
  const bool form = is_lower_hex(version) && is_lower_hex(trace) && is_lower_hex(parent) &&
                    is_lower_hex(traceparent.substr(53, 2)) && version != "ff";
  const bool length = traceparent.size() == 55 || (version != "00" && traceparent[55] == '-');
  const bool zero = trace.find_first_not_of('0') == trace.npos || parent.find_first_not_of('0') == parent.npos;
  return form && length && !zero ? trace : std::string_view();
}

// "application/json", alone or with charset=utf-8.
bool is_json(std::string_view content_type) {
  const std::size_t semicolon = content_type.find(';');
  if (!equals_folded(trimmed(content_type.substr(0, semicolon)), "application/json")) return false;
  if (semicolon == content_type.npos) return true;
  const std::string_view parameter = trimmed(content_type.substr(semicolon + 1));
  return equals_folded(parameter, "charset=utf-8") || equals_folded(parameter, "charset=\"utf-8\"");
}

// Milliseconds with three decimals. By hand: printf costs more than all the rest of the line.
LogField milliseconds_field(std::chrono::steady_clock::duration took) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const std::string fraction = std::to_string(us % 1000 + 1000);
  LogField field("ms", std::to_string(us / 1000) + '.' + fraction.substr(1));
  field.bare = true;
  return field;
}

std::string too_large(std::uint64_t limit) { return "the body may have " + std::to_string(limit) + " bytes"; }

bool has_tus_version(std::string_view path) { return path.starts_with("/api/v1/uploads"); }

Method method_named(std::string_view name) {
  for (const Method method : {Method::head, Method::patch, Method::remove}) {
    if (name == name_of(method)) return method;
  }
  return Method::other;
}

}  // namespace

Dispatcher::Dispatcher(const HttpOptions& options, const HttpServices& services, Drain& drain,
                       asio::thread_pool& rendering, Instruments& instruments, bool check_host)
    : api_{options, services, drain, rendering}, instruments_(instruments), check_host_(check_host) {
  for (const Route& route : all_routes()) route_instruments_.push_back(instruments.of_route(route.name));
  route_instruments_.push_back(instruments.of_route("none"));
  own_hosts_ = {"localhost", "127.0.0.1", "[::1]", host_of_authority(options.host)};
  if (const auto own = split_target(options.public_url)) own_hosts_.push_back(host_of_authority(own->authority));
}

void Dispatcher::correlate(Request& request) const {
  request.trace_id = trace_id_of(request.traceparent);
  if (is_correlation_id(request.sent_correlation_id)) {
    request.correlation_id = request.sent_correlation_id;
    return;
  }
  UuidBytes bytes{};
  api_.services.random.fill(bytes);
  request.correlation_id.clear();
  for (const std::uint8_t byte : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    request.correlation_id.push_back(digits[byte >> 4U]);
    request.correlation_id.push_back(digits[byte & 15U]);
  }
}

bool Dispatcher::is_this_machine(std::string_view authority) const {
  return std::ranges::find(own_hosts_, host_of_authority(authority)) != own_hosts_.end();
}

std::expected<const Route*, Refusal> Dispatcher::admit(Request& request, const HeadFacts& facts) const {
  const auto refused = [](std::string_view type, std::string detail) {
    return std::unexpected(refuse(type, std::move(detail)));
  };
  if (check_host_ && !is_this_machine(request.authority)) {
    return refused("misdirected-request", "without authentication this server answers to localhost alone");
  }
  // For clients of tus behind something that lets GET and POST alone through.
  if (!request.method_override.empty() && request.method == Method::post && has_tus_version(request.path)) {
    request.method = method_named(request.method_override);
  }
  const RouteMatch match = match_route(request.method, request.path, is_form(request.content_type));
  if (!match.route) {
    if (!request.known_method) return refused("not-implemented", "the method is unknown");
    if (match.allowed == 0) return refused("not-found", "nothing is at this address");
    auto refusal = refuse("method-not-allowed", "this address takes " + allow_list(match.allowed));
    refusal.headers = "Allow: " + allow_list(match.allowed) + "\r\n";
    return std::unexpected(std::move(refusal));
  }
  request.allowed = match.allowed;
  request.parameter = match.parameter;
  if (!request.expect.empty() && !equals_folded(request.expect, "100-continue")) {
    return refused("expectation-failed", "only 100-continue can be expected");
  }
  if (auto admitted = admit_body(*match.route, request, facts); !admitted) {
    return std::unexpected(std::move(admitted.error()));
  }
  return match.route;
}

std::expected<void, Refusal> Dispatcher::admit_body(const Route& route, Request& request,
                                                    const HeadFacts& facts) const {
  const HttpOptions& options = api_.options;
  request.body_limit = options.max_body_bytes;
  // A form may hold a request beside the file.
  if (is_pulled(route.body))
    request.body_limit = options.max_file_bytes + (is_form(request.content_type) ? options.max_body_bytes : 0);
  if (facts.content_length.value_or(0) > request.body_limit) {
    return std::unexpected(
        refuse("payload-too-large", is_pulled(route.body)
                                        ? "a file may have " + std::to_string(options.max_file_bytes) + " bytes"
                                        : too_large(request.body_limit)));
  }
  if (route.body == Body::ignored) return {};
  if (route.body == Body::json && !is_json(request.content_type)) {
    return std::unexpected(refuse("unsupported-media-type", "send application/json"));
  }
  if (!request.content_encoding.empty()) {
    return std::unexpected(refuse("unsupported-media-type", "send the body without Content-Encoding"));
  }
  return {};
}

awaitable<Response> Dispatcher::answer(const Route& route, const Request& request) const {
  std::string bug;
  try {
    auto answer = co_await route.handler(api_, request);
    if (answer) co_return std::move(*answer);
    co_return render(answer.error(), request);
  } catch (const boost::system::system_error& e) {
    if (e.code() == asio::error::operation_aborted) throw;  // the server stops
    bug = e.what();
  } catch (const std::exception& e) {
    bug = e.what();
  }
  co_return render(refuse({ErrorCode::internal, bug}), request);
}

Response Dispatcher::render(const Refusal& refusal, const Request& request) const {
  if (!refusal.cause.empty()) {
    api_.services.log.error("request_failed", {{"correlationId", request.correlation_id}, {"error", refusal.cause}});
  }
  Response response = render_refusal(refusal, request.correlation_id,
                                     {api_.options.public_url, api_.services.clock, api_.services.random});
  if (has_tus_version(request.path)) response.add_header("Tus-Resumable", "1.0.0");
  return response;
}

Refusal Dispatcher::refusal_of(const HeadRefusal& refusal, const Request& request) const {
  instruments_.refused(refusal.reason);
  std::string detail(refusal.detail);
  if (refusal.problem == "payload-too-large") detail = too_large(request.body_limit);
  return refuse(refusal.problem, std::move(detail));
}

Response Dispatcher::render(const HeadRefusal& refusal, const Request& request) const {
  return render(refusal_of(refusal, request), request);
}

void Dispatcher::finish(const Route* route, const Request& request, int status,
                        std::chrono::steady_clock::duration took) {
  const auto routes = all_routes();
  const bool listed = route && route >= routes.data() && route < routes.data() + routes.size();
  auto& instruments =
      listed ? route_instruments_[static_cast<std::size_t>(route - routes.data())] : route_instruments_.back();
  instruments.count(request.method, status, std::chrono::duration<double>(took).count());

  Log& log = api_.services.log;
  const bool quiet = route && route->loudness == Loudness::debug;
  if (!log.enabled(quiet ? LogLevel::debug : LogLevel::info)) return;
  const auto write = [&](std::initializer_list<LogField> fields) {
    quiet ? log.debug("request", fields) : log.info("request", fields);
  };
  const std::string_view name = route ? route->name : "none";
  if (request.trace_id.empty()) {
    write({{"method", name_of(request.method)},
           {"route", name},
           {"status", status},
           milliseconds_field(took),
           {"correlationId", request.correlation_id}});
  } else {
    write({{"method", name_of(request.method)},
           {"route", name},
           {"status", status},
           milliseconds_field(took),
           {"correlationId", request.correlation_id},
           {"traceId", request.trace_id}});
  }
}

}  // namespace soundbite
