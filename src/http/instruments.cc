#include "http/instruments.h"

namespace soundbite {

RouteInstruments::RouteInstruments(std::string_view route, CounterFamily& requests, HistogramFamily& seconds)
    : route_(route), requests_(requests), seconds_(seconds.Add({{"route", std::string(route)}}, latency_buckets())) {}

void RouteInstruments::count(Method method, int status, double seconds) {
  seconds_.Observe(seconds);
  for (const Counted& counted : counters_) {
    if (counted.status == status && counted.method == method) return counted.counter->Increment();
  }
  auto& counter = requests_.Add(
      {{"route", std::string(route_)}, {"method", std::string(name_of(method))}, {"status", std::to_string(status)}});
  counter.Increment();
  counters_.push_back({method, status, &counter});
}

Instruments::Instruments(prometheus::Registry& registry)
    : requests_(counter_family(registry, "soundbite_http_requests_total", "Requests answered, by route and status")),
      seconds_(histogram_family(registry, "soundbite_http_request_seconds",
                                "Seconds from the first byte of a request to the last of its answer, by route")),
      refusals_(counter_family(registry, "soundbite_http_refusals_total",
                               "Requests that were not read to their end, by reason")),
      connections_(gauge_family(registry, "soundbite_http_connections", "Connections that are open now").Add({})) {}

void Instruments::refused(std::string_view reason) { refusals_.Add({{"reason", std::string(reason)}}).Increment(); }

}  // namespace soundbite
