// From a parsed head to an answer: correlation, admission, the handler, the log line, the metrics.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/drain.h"
#include "http/instruments.h"
#include "http/message.h"
#include "http/routes.h"
#include "http/server.h"
#include "http/wire/head_check.h"

namespace soundbite {

// For one io thread. The arguments outlive it.
class Dispatcher {
 public:
  // `check_host`: only requests that name this machine are answered (see HttpOptions::refuse_rebinding).
  Dispatcher(const HttpOptions& options, const HttpServices& services, Drain& drain, asio::thread_pool& rendering,
             Instruments& instruments, bool check_host);

  // Takes the client's correlation id where it has a valid one, else makes one; reads traceparent.
  void correlate(Request& request) const;

  // What can be said before the body has come: either the route, or why not.
  std::expected<const Route*, Refusal> admit(Request& request, const HeadFacts& facts) const;

  // Runs the handler; what it throws is a 500.
  awaitable<Response> answer(const Route& route, const Request& request) const;

  Response render(const Refusal& refusal, const Request& request) const;
  // A request that was not read to its end.
  Response render(const HeadRefusal& refusal, const Request& request) const;
  Refusal refusal_of(const HeadRefusal& refusal, const Request& request) const;

  // The log line and the metrics of an answer that was sent, or could not be. `route` is null when there was none.
  void finish(const Route* route, const Request& request, int status, std::chrono::steady_clock::duration took);

 private:
  bool is_this_machine(std::string_view authority) const;
  std::expected<void, Refusal> admit_body(const Route& route, Request& request, const HeadFacts& facts) const;

  Api api_;
  Instruments& instruments_;
  std::vector<RouteInstruments> route_instruments_;  // in the order of all_routes(), then options and "none"
  bool check_host_;
  std::vector<std::string> own_hosts_;
};

}  // namespace soundbite
