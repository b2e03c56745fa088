// What the HTTP side counts.
#pragma once

#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "http/message.h"

namespace soundbite {

// The counters of one route, found once so that a request costs no look-up by label.
class RouteInstruments {
 public:
  RouteInstruments(std::string_view route, CounterFamily& requests, HistogramFamily& seconds);
  void count(Method method, int status, double seconds);

 private:
  struct Counted {
    Method method;
    int status;
    prometheus::Counter* counter;
  };
  std::string_view route_;
  CounterFamily& requests_;
  prometheus::Histogram& seconds_;
  std::vector<Counted> counters_;
};

// For one io thread. `registry` outlives it.
class Instruments {
 public:
  explicit Instruments(prometheus::Registry& registry);

  // `name` is static.
  RouteInstruments of_route(std::string_view name) { return {name, requests_, seconds_}; }
  void refused(std::string_view reason);
  prometheus::Gauge& connections() { return connections_; }

 private:
  CounterFamily& requests_;
  HistogramFamily& seconds_;
  CounterFamily& refusals_;
  prometheus::Gauge& connections_;
};

}  // namespace soundbite
