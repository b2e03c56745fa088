#include "worker/speech_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cmath>

namespace soundbite {

namespace json = boost::json;

namespace {

constexpr std::size_t most_listed = 10'000;
constexpr std::string_view start_of_input = R"({"input":{)";

double to_the_millisecond(double seconds) { return std::round(seconds * 1000) / 1000; }

std::string summarise(std::span<const SpeechSegment> segments, double duration_s) {
  std::string listed;
  double spoken_s = 0;
  double pauses_s = 0;
  double longest_s = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto [start_s, end_s] = segments[i];
    spoken_s += end_s - start_s;
    if (i > 0) {
      const double pause_s = start_s - segments[i - 1].end_s;
      pauses_s += pause_s;
      longest_s = std::max(longest_s, pause_s);
    }
    if (i < most_listed) {
      listed += fmt::format("{}{{\"start\":{},\"end\":{}}}", i == 0 ? "" : ",", to_the_millisecond(start_s),
                            to_the_millisecond(end_s));
    }
  }
  const std::size_t pauses = segments.empty() ? 0 : segments.size() - 1;
  return fmt::format(R"("speech":{{"segments":[{}],"share":{},"pauses":{{"count":{},"mean":{},"longest":{}}}}})",
                     listed, duration_s > 0 ? to_the_millisecond(std::min(1.0, spoken_s / duration_s)) : 0.0, pauses,
                     pauses == 0 ? 0.0 : to_the_millisecond(pauses_s / static_cast<double>(pauses)),
                     to_the_millisecond(longest_s));
}

double decoded_duration(const json::value& input) {
  boost::system::error_code none;
  const auto* decoded = input.find_pointer("/duration/decoded", none);
  return decoded && decoded->is_number() ? decoded->to_number<double>() : 0;
}

}  // namespace

// The text is added to, not written anew: its numbers stay as they were measured and rounded.
Result<std::string> with_speech(std::string analysis, std::span<const SpeechSegment> segments) {
  boost::system::error_code failed;
  const json::value document = json::parse(analysis, failed);
  const auto* whole = failed ? nullptr : document.if_object();
  const auto* input = whole ? whole->if_contains("input") : nullptr;
  if (!input || !input->is_object() || !analysis.starts_with(start_of_input))
    return fail(ErrorCode::internal, "an analysis of a recording says nothing of it");
  std::string member = summarise(segments, decoded_duration(*input));
  if (!input->as_object().empty()) member += ',';
  analysis.insert(start_of_input.size(), member);
  return analysis;
}

}  // namespace soundbite
