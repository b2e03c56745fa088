// Prometheus metrics. Each room declares what it counts in a struct of its own, built from one registry by these
// functions.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace soundbite {

using CounterFamily = prometheus::Family<prometheus::Counter>;
using GaugeFamily = prometheus::Family<prometheus::Gauge>;
using HistogramFamily = prometheus::Family<prometheus::Histogram>;

CounterFamily& counter_family(prometheus::Registry& registry, const std::string& name, const std::string& help);
GaugeFamily& gauge_family(prometheus::Registry& registry, const std::string& name, const std::string& help);
HistogramFamily& histogram_family(prometheus::Registry& registry, const std::string& name, const std::string& help);

// Bounds in seconds from 0.5 ms to 60 s: fine below the 50 and 100 ms targets.
const prometheus::Histogram::BucketBoundaries& latency_buckets();

// Everything in the text exposition format 0.0.4.
std::string metrics_text(const prometheus::Registry& registry);

}  // namespace soundbite
