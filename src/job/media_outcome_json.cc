#include <algorithm>
#include <array>

#include "base/strict_json.h"
#include "job/json_check.h"
#include "job/json_reader.h"
#include "job/json_writer.h"
#include "job/media_task_json.h"
#include "job/output_plan.h"

namespace soundbite {

namespace json = boost::json;

namespace {

// What any honest answer keeps far below.
constexpr std::size_t max_head_bytes = 256 << 10;
constexpr std::size_t max_string_bytes = 4'096;
constexpr std::size_t max_list = 64;  // errors of one answer, suggestions of one error, things dropped
constexpr double max_seconds = 1e6;
constexpr double max_level = 1'000;  // dB, either side of 0

constexpr std::array<std::string_view, 5> outcome_members = {"sampleRate", "channels", "frames", "durationSeconds",
                                                             "dropped"};
constexpr std::array<std::string_view, 6> known_outcome_members = {"sampleRate",      "channels", "frames",
                                                                   "durationSeconds", "dropped",  "verification"};
constexpr std::array<std::string_view, 3> error_members = {"code", "message", "fields"};
constexpr std::array<std::string_view, 4> field_members = {"pointer", "code", "detail", "suggestions"};
constexpr std::array<std::string_view, 5> verification_members = {"requested", "predicted", "achieved", "pass",
                                                                  "reason"};
constexpr std::array<std::string_view, 3> measure_members = {"loudness", "truePeak", "durationSeconds"};

void append_measures(std::string& out, std::optional<double> lufs, std::optional<double> true_peak,
                     std::optional<double> seconds) {
  JsonObject object(out);
  if (lufs) object.number("loudness", *lufs);
  if (true_peak) object.number("truePeak", *true_peak);
  if (seconds) object.number("durationSeconds", *seconds);
  object.close();
}

struct Measures {
  std::optional<double> lufs;
  std::optional<double> true_peak;
  std::optional<double> seconds;
};

Measures read_measures(JsonReader& outer, std::string_view name, std::vector<FieldError>& errors) {
  Measures measures;
  const auto* object = outer.object(name);
  if (!object) return measures;
  JsonReader reader(*object, outer.pointer_to(name), errors);
  reader.refuse_others(measure_members);
  reader.number("loudness", measures.lufs, -max_level, max_level);
  reader.number("truePeak", measures.true_peak, -max_level, max_level);
  reader.number("durationSeconds", measures.seconds, 0, max_seconds);
  return measures;
}

Verification read_verification(const json::object& object, const std::string& pointer,
                               std::vector<FieldError>& errors) {
  Verification verification;
  JsonReader reader(object, pointer, errors);
  reader.refuse_others(verification_members);
  for (const auto name : verification_members) {
    if (name != "reason") reader.require(name, "is missing");
  }
  const Measures requested = read_measures(reader, "requested", errors);
  verification.requested_lufs = requested.lufs;
  verification.requested_true_peak = requested.true_peak;
  verification.predicted_s = read_measures(reader, "predicted", errors).seconds.value_or(0);
  const Measures achieved = read_measures(reader, "achieved", errors);
  verification.achieved_lufs = achieved.lufs;
  verification.achieved_true_peak = achieved.true_peak;
  verification.achieved_s = achieved.seconds.value_or(0);
  reader.boolean("pass", verification.pass);
  reader.text("reason", verification.reason, max_string_bytes);
  return verification;
}

void append_error(std::string& out, const Error& error) {
  JsonObject object(out);
  object.text("code", name_of(error.code));
  object.text("message", error.message);
  object.key("fields") += '[';
  for (std::size_t i = 0; i < error.fields.size(); ++i) {
    if (i > 0) out += ',';
    JsonObject field(out);
    field.text("pointer", error.fields[i].pointer);
    field.text("code", error.fields[i].code);
    field.text("detail", error.fields[i].detail);
    field.texts("suggestions", error.fields[i].suggestions);
    field.close();
  }
  out += ']';
  object.close();
}

std::optional<ErrorCode> parse_error_code(std::string_view name) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    if (name_of(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return std::nullopt;
}

bool is_field_code(std::string_view code) {
  return !code.empty() && code.size() <= 64 &&
         std::ranges::all_of(code, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

FieldError read_field(const json::value& value, const std::string& pointer, std::vector<FieldError>& errors) {
  FieldError field;
  const auto* object = value.if_object();
  if (!object) {
    errors.push_back({pointer, "wrong_type", "must be an object", {}});
    return field;
  }
  JsonReader reader(*object, pointer, errors);
  reader.refuse_others(field_members);
  for (const auto name : field_members) reader.require(name, "is missing");
  reader.text("pointer", field.pointer, max_string_bytes);
  if (!field.pointer.empty() && field.pointer.front() != '/') reader.add("pointer", "wrong_type", "is no JSON Pointer");
  reader.text("code", field.code, max_string_bytes);
  if (!is_field_code(field.code)) reader.add("code", "wrong_type", "is not in snake_case");
  reader.text("detail", field.detail, max_string_bytes);
  reader.texts("suggestions", field.suggestions, max_list, max_string_bytes);
  return field;
}

Error read_error(const json::object& object, std::vector<FieldError>& errors) {
  Error error;
  JsonReader reader(object, "/error", errors);
  reader.refuse_others(error_members);
  for (const auto name : error_members) reader.require(name, "is missing");
  std::string code;
  reader.text("code", code, max_string_bytes);
  if (const auto known = parse_error_code(code))
    error.code = *known;
  else
    reader.add("code", "out_of_range", "is not known");
  reader.text("message", error.message, max_string_bytes);
  const auto* fields = reader.array("fields");
  if (fields && fields->size() > max_list) reader.add("fields", "too_many", "are too many");
  for (std::size_t i = 0; fields && i < std::min(fields->size(), max_list); ++i) {
    error.fields.push_back(read_field((*fields)[i], reader.pointer_to("fields/" + std::to_string(i)), errors));
  }
  return error;
}

MediaOutcome read_outcome(const json::object& object, std::vector<FieldError>& errors) {
  MediaOutcome outcome;
  JsonReader reader(object, "", errors);
  reader.refuse_others(known_outcome_members);
  for (const auto name : outcome_members) reader.require(name, "is missing");
  reader.integer("sampleRate", outcome.sample_rate, 0, max_source_rate);
  reader.integer("channels", outcome.channels, 0, max_source_channels);
  if ((outcome.sample_rate == 0) != (outcome.channels == 0)) {
    reader.add("channels", "out_of_range", "and sampleRate must both be 0 or neither");
  }
  reader.count("frames", outcome.frames);
  reader.number("durationSeconds", outcome.duration_s, 0, max_seconds);
  if (const auto* verification = reader.object("verification")) {
    outcome.verification = read_verification(*verification, "/verification", errors);
  }
  reader.texts("dropped", outcome.dropped, max_list, max_string_bytes);
  return outcome;
}

std::unexpected<Error> senseless(const std::string& what) {
  return fail(ErrorCode::internal, "the media child's answer makes no sense: " + what);
}

std::unexpected<Error> senseless(const std::vector<FieldError>& errors) {
  constexpr std::size_t longest_shown = 100;  // the name of an unknown member is the child's
  const FieldError& first = errors.front();
  return senseless((first.pointer.size() <= longest_shown ? first.pointer + ' ' : "") + first.detail);
}

}  // namespace

std::string to_json(const Result<MediaOutcome>& outcome) {
  std::string out;
  JsonObject object(out);
  if (!outcome) {
    append_error(object.key("error"), outcome.error());
    object.close();
    return out;
  }
  object.integer("sampleRate", outcome->sample_rate);
  object.integer("channels", outcome->channels);
  object.integer("frames", static_cast<std::int64_t>(outcome->frames));
  object.number("durationSeconds", outcome->duration_s);
  if (outcome->verification) object.key("verification") += to_json(*outcome->verification);
  object.texts("dropped", outcome->dropped);
  object.close();
  if (!outcome->analysis.empty()) out += '\n' + outcome->analysis;
  return out;
}

Result<MediaOutcome> parse_media_outcome(std::string_view text) {
  const std::size_t end_of_head = std::min(text.find('\n'), text.size());
  const std::string_view head = text.substr(0, end_of_head);
  if (head.size() > max_head_bytes) return senseless("it is too long");
  const auto value = parse_strict_json(head);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object) return senseless("it is not a JSON object");
  std::vector<FieldError> errors;
  if (object->contains("error")) {
    JsonReader reader(*object, "", errors);
    reader.refuse_others(std::array<std::string_view, 1>{"error"});
    const auto* inner = reader.object("error");
    Error error = inner ? read_error(*inner, errors) : Error{};
    if (!errors.empty()) return senseless(errors);
    if (end_of_head < text.size()) return senseless("an error has an analysis");
    return std::unexpected(std::move(error));
  }
  MediaOutcome outcome = read_outcome(*object, errors);
  if (!errors.empty()) return senseless(errors);
  if (end_of_head == text.size()) return outcome;
  const std::string_view analysis = text.substr(end_of_head + 1);
  if (analysis.size() > max_analysis_bytes) return senseless("its analysis is too long");
  if (!is_json_object(analysis)) return senseless("its analysis is not a JSON object");
  outcome.analysis = analysis;
  return outcome;
}

std::string to_json(const Verification& verification) {
  std::string out;
  JsonObject object(out);
  append_measures(object.key("requested"), verification.requested_lufs, verification.requested_true_peak, {});
  append_measures(object.key("predicted"), {}, {}, verification.predicted_s);
  append_measures(object.key("achieved"), verification.achieved_lufs, verification.achieved_true_peak,
                  verification.achieved_s);
  object.boolean("pass", verification.pass);
  if (!verification.reason.empty()) object.text("reason", verification.reason);
  object.close();
  return out;
}

Result<Verification> parse_verification(std::string_view text) {
  const auto value = parse_strict_json(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object) return fail(ErrorCode::corrupt, "a stored verification is not a JSON object");
  std::vector<FieldError> errors;
  Verification verification = read_verification(*object, "", errors);
  if (!errors.empty()) return fail(ErrorCode::corrupt, "a stored verification is wrong: " + errors.front().pointer);
  return verification;
}

}  // namespace soundbite
