#include "job/spec_json.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "base/strict_json.h"
#include "base/text.h"
#include "job/json_reader.h"
#include "job/output_json.h"
#include "job/recipe_json.h"
#include "job/spec_check.h"

namespace soundbite {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 15> known_fields = {
    "text", "voiceId", "language", "speed",   "volume", "sentenceSilence", "output",  "metadata",
    "ssml", "fileId",  "url",      "process", "marks",  "captions",        "analysis"};

// Named by the API, not made yet: a client learns so instead of being ignored.
constexpr std::array<std::string_view, 3> unavailable_fields = {"ssml", "marks", "captions"};

constexpr std::array<std::string_view, 3> sources = {"text", "fileId", "url"};

// They say how a text is spoken.
constexpr std::array<std::string_view, 5> speech_fields = {"voiceId", "language", "speed", "volume", "sentenceSilence"};

constexpr std::size_t max_url_bytes = 2'048;

void read_metadata(const json::object& object, const SpecLimits& limits, std::map<std::string, std::string>& into,
                   std::vector<FieldError>& errors) {
  if (object.size() > limits.max_metadata_pairs) {
    errors.push_back(
        {"/metadata", "too_many", "has at most " + std::to_string(limits.max_metadata_pairs) + " pairs", {}});
    return;
  }
  for (const auto& [key, value] : object) {
    const std::string pointer = "/metadata/" + escape_pointer(key);
    const auto* string = value.if_string();
    if (!string) {
      errors.push_back({pointer, "wrong_type", "must be a string", {}});
      continue;
    }
    if (key.empty() || count_code_points(key) > limits.max_metadata_characters ||
        count_code_points(*string) > limits.max_metadata_characters) {
      errors.push_back(
          {pointer,
           "too_long",
           "a key has 1 to " + std::to_string(limits.max_metadata_characters) + " characters, a value at most as many",
           {}});
      continue;
    }
    into.emplace(key, *string);
  }
}

void read_speech(const json::object& object, JsonReader& reader, SpeechRequest& speech) {
  reader.text("text", speech.text);
  reader.text("voiceId", speech.voice_id);
  if (reader.has("voiceId") && speech.voice_id.empty() && object.at("voiceId").is_string()) {
    reader.add("voiceId", "unknown_voice", "must name a voice; GET /api/v1/voices lists them");
  }
  reader.text("language", speech.language);
  reader.number("speed", speech.speed);
  reader.number("volume", speech.volume_db);
  reader.number("sentenceSilence", speech.sentence_silence_s);
}

void read_url(const json::object& object, JsonReader& reader, std::string& url) {
  reader.text("url", url);
  if (url.size() > max_url_bytes) {
    reader.add("url", "too_long", "has at most " + std::to_string(max_url_bytes) + " bytes");
  } else if (url.empty() && object.at("url").is_string()) {
    reader.add("url", "invalid_url", "must be the address of a recording: http:// or https://");
  }
}

// Exactly one source is given, and what is for text alone only with a text.
void check_sources(JsonReader& reader) {
  std::vector<std::string_view> given;
  for (const auto name : sources) {
    if (reader.has(name)) given.push_back(name);
  }
  if (given.empty()) reader.add("text", "required", "give what to work on: text, fileId or url");
  if (given.size() > 1) {
    for (const auto name : given) {
      reader.add(name, "conflicting_source", "give only one of text, fileId and url");
    }
  }
  if (given.empty() || given.front() == "text") return;
  for (const auto name : speech_fields) {
    if (reader.has(name)) reader.add(name, "not_applicable", "is for text alone; a recording is not spoken: remove it");
  }
}

JobSpec read_spec(const json::object& object, const SpecLimits& limits, std::vector<FieldError>& errors) {
  JobSpec spec;
  JsonReader reader(object, "", errors);
  reader.refuse_others(known_fields);
  for (const auto name : unavailable_fields) {
    if (reader.has(name)) reader.add(name, "not_available", "is not available on this server; remove it");
  }
  check_sources(reader);
  if (reader.has("text") || !(reader.has("fileId") || reader.has("url"))) {
    read_speech(object, reader, spec.speech);
  } else if (reader.has("fileId")) {
    spec.source = SourceType::file;
    reader.file_id("fileId", spec.file);
  } else {
    spec.source = SourceType::url;
  }
  if (reader.has("url")) read_url(object, reader, spec.url);
  if (const auto* process = object.if_contains("process")) spec.process = read_recipe(*process, "/process", errors);
  reader.boolean("analysis", spec.analysis);
  if (const auto* output = reader.object("output")) spec.output = read_output(*output, "/output", errors);
  if (const auto* metadata = reader.object("metadata")) read_metadata(*metadata, limits, spec.metadata, errors);
  if (reader.has("text") && object.at("text").is_string()) check_speech(spec.speech, limits, errors);
  if (spec.source == SourceType::text)
    check_output(spec.output, errors);
  else
    check_output_of_recording(spec.output, errors);
  return spec;
}

void store_source(const JobSpec& spec, json::object& stored) {
  switch (spec.source) {
    case SourceType::text:
      stored["text"] = spec.speech.text;
      stored["voiceId"] = spec.speech.voice_id;
      stored["language"] = spec.speech.language;
      stored["speed"] = spec.speech.speed;
      stored["volume"] = spec.speech.volume_db;
      stored["sentenceSilence"] = spec.speech.sentence_silence_s;
      return;
    case SourceType::file: stored["fileId"] = spec.file.text(); return;
    case SourceType::url: stored["url"] = spec.url; return;
  }
}

void read_stored_source(JsonReader& reader, JobSpec& spec) {
  if (reader.has("fileId")) {
    spec.source = SourceType::file;
    reader.file_id("fileId", spec.file);
  } else if (reader.has("url")) {
    spec.source = SourceType::url;
    reader.text("url", spec.url);
  }
  reader.text("text", spec.speech.text);
  reader.text("voiceId", spec.speech.voice_id);
  reader.text("language", spec.speech.language);
  reader.number("speed", spec.speech.speed);
  reader.number("volume", spec.speech.volume_db);
  reader.number("sentenceSilence", spec.speech.sentence_silence_s);
}

}  // namespace

Result<JobSpec> parse_job_spec(std::string_view body, const SpecLimits& limits) {
  const auto value = parse_strict_json(body);
  if (!value) return std::unexpected(value.error());
  const auto* object = value->if_object();
  std::vector<FieldError> errors;
  if (!object) {
    errors.push_back({"", "wrong_type", "must be a JSON object", {}});
    return std::unexpected(Error{ErrorCode::invalid, "the body is not an object", std::move(errors)});
  }
  JobSpec spec = read_spec(*object, limits, errors);
  if (errors.empty()) return spec;
  const std::string count = errors.size() == 1 ? "1 field is" : std::to_string(errors.size()) + " fields are";
  return std::unexpected(Error{ErrorCode::invalid, count + " wrong", std::move(errors)});
}

std::string to_stored_json(const JobSpec& spec) {
  json::object stored;
  store_source(spec, stored);
  stored["output"] = to_json(spec.output);
  stored["metadata"] = json::value_from(spec.metadata);
  if (!spec.process.empty()) stored["process"] = to_json(spec.process);
  if (spec.analysis) stored["analysis"] = true;
  return json::serialize(stored);
}

Result<JobSpec> parse_stored_spec(std::string_view stored) {
  const auto value = parse_strict_json(stored);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object) return fail(ErrorCode::corrupt, "a stored request is not JSON");
  std::vector<FieldError> errors;
  JobSpec spec;
  JsonReader reader(*object, "", errors);
  read_stored_source(reader, spec);
  if (const auto* process = object->if_contains("process")) spec.process = read_recipe(*process, "/process", errors);
  reader.boolean("analysis", spec.analysis);
  if (const auto* output = reader.object("output")) spec.output = read_output(*output, "/output", errors);
  if (const auto* metadata = reader.object("metadata")) {
    for (const auto& [key, text] : *metadata) {
      if (const auto* string = text.if_string()) spec.metadata.emplace(key, *string);
    }
  }
  if (!errors.empty())
    return fail(ErrorCode::corrupt, "a stored request has a wrong member: " + errors.front().pointer);
  return spec;
}

}  // namespace soundbite
