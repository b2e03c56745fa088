#include "app/recording/analysis_report.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <vector>

#include "app/text_table.h"

namespace soundbite {

namespace {

namespace json = boost::json;

// The member at the end of a path of names; null when there is none.
const json::value* find(const json::object& object, std::initializer_list<std::string_view> path) {
  const json::object* inside = &object;
  const json::value* found = nullptr;
  for (const auto name : path) {
    found = inside ? inside->if_contains(name) : nullptr;
    inside = found ? found->if_object() : nullptr;
  }
  return found && !found->is_null() ? found : nullptr;
}

std::optional<double> number(const json::object& object, std::initializer_list<std::string_view> path) {
  const auto* value = find(object, path);
  if (!value || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::string text(const json::object& object, std::string_view name) {
  const auto* value = find(object, {name});
  const auto* string = value ? value->if_string() : nullptr;
  return string ? std::string(*string) : std::string();
}

bool flag(const json::object& object, std::initializer_list<std::string_view> path) {
  const auto* value = find(object, path);
  return value && value->is_bool() && value->get_bool();
}

std::string clock(double seconds) {
  const auto whole = static_cast<long>(seconds);
  if (whole < 60) return fmt::format("{:.2f} s", seconds);
  if (whole < 3600) return fmt::format("{}:{:05.2f}", whole / 60, std::fmod(seconds, 60));
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

using Rows = std::vector<std::vector<std::string>>;

void add(Rows& rows, std::string name, std::optional<double> value, std::string_view unit) {
  if (value) rows.push_back({std::move(name), fmt::format("{:.1f} {}", *value, unit)});
}

std::string format_of(const json::object& analysis) {
  std::string line = text(analysis, "container");
  if (const auto codec = text(analysis, "codec"); codec != line) line += ", " + codec;
  if (const auto rate = number(analysis, {"sampleRate"})) line += fmt::format(", {:.0f} Hz", *rate);
  if (const auto channels = number(analysis, {"channels"}))
    line += *channels == 1 ? ", mono" : *channels == 2 ? ", stereo" : fmt::format(", {:.0f} channels", *channels);
  if (const auto depth = number(analysis, {"bitDepth"}); depth && *depth > 0)
    line += fmt::format(", {:.0f} bits", *depth);
  if (const auto rate = number(analysis, {"bitrate"}); rate && *rate > 0)
    line += fmt::format(", {:.0f} kbit/s", *rate / 1000);
  return line;
}

std::string duration_of(const json::object& analysis) {
  const auto decoded = number(analysis, {"duration", "decoded"});
  const auto declared = number(analysis, {"duration", "declared"});
  std::string line = decoded ? clock(*decoded) : "none";
  if (decoded && declared && std::abs(*decoded - *declared) > 0.1)
    line += " (its header says " + clock(*declared) + ")";
  return line;
}

std::string integrity_of(const json::object& analysis) {
  std::string line;
  const std::pair<std::string_view, std::string_view> flags[] = {
      {"truncated", "cut off"},
      {"concatenated", "several files in one"},
      {"renamed", "named as another format"},
      {"encoderDelayUnknown", "its encoder's delay is not known"}};
  for (const auto& [name, words] : flags) {
    if (flag(analysis, {"integrity", name})) line += (line.empty() ? "" : ", ") + std::string(words);
  }
  return line.empty() ? "whole" : line;
}

std::string speech_of(const json::object& analysis) {
  const auto share = number(analysis, {"speech", "share"});
  if (!share) return {};
  std::string line = fmt::format("{:.0f} % of the time", *share * 100);
  const auto pauses = number(analysis, {"speech", "pauses", "count"});
  const auto longest = number(analysis, {"speech", "pauses", "longest"});
  if (pauses && longest && *pauses == 1) line += fmt::format(", 1 pause of {:.1f} s", *longest);
  if (pauses && longest && *pauses > 1) line += fmt::format(", {:.0f} pauses, the longest {:.1f} s", *pauses, *longest);
  return line;
}

}  // namespace

std::string analysis_report(const json::object& analysis) {
  Rows rows = {
      {"format", format_of(analysis)}, {"duration", duration_of(analysis)}, {"integrity", integrity_of(analysis)}};
  add(rows, "loudness", number(analysis, {"loudness", "integrated"}), "LUFS");
  add(rows, "range", number(analysis, {"loudness", "range"}), "LU");
  add(rows, "true peak", number(analysis, {"loudness", "truePeak"}), "dBTP");
  add(rows, "noise floor", number(analysis, {"noiseFloor"}), "dBFS");
  add(rows, "signal to noise", number(analysis, {"snr"}), "dB");
  if (const auto clipped = number(analysis, {"clipping", "samples"}); clipped && *clipped > 0)
    rows.push_back({"clipping", fmt::format("{:.0f} samples", *clipped)});
  if (auto speech = speech_of(analysis); !speech.empty()) rows.push_back({"speech", std::move(speech)});
  std::string report = text_table(rows);
  const auto* insights = find(analysis, {"insights"});
  if (!insights || !insights->is_array()) return report;
  for (const auto& insight : insights->get_array()) {
    const auto* object = insight.if_object();
    if (object) report += (&insight == insights->get_array().data() ? "\n• " : "• ") + text(*object, "text") + "\n";
  }
  return report;
}

}  // namespace soundbite
