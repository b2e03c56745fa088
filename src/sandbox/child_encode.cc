#include "sandbox/child_encode.h"

#include <string>

namespace soundbite {
namespace {

// Nothing but the idle limit ends an encode: a reader of its output may be as slow as he likes.
constexpr std::chrono::hours no_limit{24 * 365};

ChildLine::Parts with_meaning(ChildLine::Parts parts) {
  parts.on_exit = [](ExitReason reason, int detail) { return error_of(reason, detail); };
  return parts;
}

}  // namespace

ChildEncode::ChildEncode(ChildLine::Parts parts, const OutputPlan& plan, MediaMetrics& metrics)
    : line_(with_meaning(std::move(parts))), plan_(plan), metrics_(metrics) {}

Result<MediaReport> ChildEncode::finish() {
  const auto frames = line_.finish(no_limit);
  if (!frames) return std::unexpected(frames.error());
  if (!std::exchange(counted_, true)) {
    metrics_.encode_seconds.Add({{"format", std::string(traits_of(plan_.format).name)}}, latency_buckets())
        .Observe(std::chrono::duration<double>(line_.age()).count());
  }
  return MediaReport{.sample_rate = plan_.sample_rate,
                     .channels = plan_.channels,
                     .frames = *frames,
                     .duration_s = static_cast<double>(*frames) / plan_.sample_rate};
}

}  // namespace soundbite
