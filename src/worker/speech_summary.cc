#include "worker/speech_summary.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

namespace soundbite {

namespace json = boost::json;

namespace {

constexpr std::size_t most_listed = 10'000;

double milliseconds_exact(double seconds) { return std::round(seconds * 1000) / 1000; }

json::object summarise(std::span<const SpeechSegment> segments, double duration_s) {
  json::array listed;
  double spoken_s = 0;
  double pauses_s = 0;
  double longest_s = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    spoken_s += segments[i].end_s - segments[i].start_s;
    if (i > 0) {
      const double pause_s = segments[i].start_s - segments[i - 1].end_s;
      pauses_s += pause_s;
      longest_s = std::max(longest_s, pause_s);
    }
    if (i < most_listed) {
      listed.push_back(
          {{"start", milliseconds_exact(segments[i].start_s)}, {"end", milliseconds_exact(segments[i].end_s)}});
    }
  }
  const std::size_t pauses = segments.empty() ? 0 : segments.size() - 1;
  return {{"segments", std::move(listed)},
          {"share", duration_s > 0 ? milliseconds_exact(std::min(1.0, spoken_s / duration_s)) : 0.0},
          {"pauses",
           {{"count", pauses},
            {"mean", pauses == 0 ? 0.0 : milliseconds_exact(pauses_s / static_cast<double>(pauses))},
            {"longest", milliseconds_exact(longest_s)}}}};
}

}  // namespace

Result<std::string> with_speech(std::string analysis, std::span<const SpeechSegment> segments) {
  boost::system::error_code failed;
  json::value document = json::parse(analysis, failed);
  auto* whole = failed ? nullptr : document.if_object();
  auto* input = whole ? whole->if_contains("input") : nullptr;
  if (!input || !input->is_object()) return fail(ErrorCode::internal, "an analysis of a recording says nothing of it");
  double duration_s = 0;
  if (const auto* duration = input->as_object().if_contains("duration"); duration && duration->is_object()) {
    const auto* decoded = duration->as_object().if_contains("decoded");
    if (decoded && decoded->is_number()) duration_s = decoded->to_number<double>();
  }
  input->as_object()["speech"] = summarise(segments, duration_s);
  return json::serialize(document);
}

}  // namespace soundbite
