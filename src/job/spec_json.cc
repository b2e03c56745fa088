#include "job/spec_json.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/strict_json.h"
#include "base/text.h"

namespace soundbite {

namespace json = boost::json;

namespace {

std::string shown(double value) {
  std::array<char, 32> buffer{};
  const int n = std::snprintf(buffer.data(), buffer.size(), "%g", value);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

std::string escape_pointer(std::string_view token) {
  std::string escaped;
  for (const char c : token) {
    if (c == '~')
      escaped += "~0";
    else if (c == '/')
      escaped += "~1";
    else
      escaped += c;
  }
  return escaped;
}

// Reads the members of one object, each with its type, and collects what is wrong.
class Reader {
 public:
  Reader(const json::object& object, std::string pointer, std::vector<FieldError>& errors)
      : object_(object), pointer_(std::move(pointer)), errors_(errors) {}

  void text(std::string_view name, std::string& into) {
    if (const auto* value = find(name)) {
      if (const auto* string = value->if_string())
        into.assign(string->data(), string->size());
      else
        wrong_type(name, "a string");
    }
  }
  void number(std::string_view name, double& into) {
    if (const auto* value = find(name)) {
      if (value->is_number())
        into = value->to_number<double>();
      else
        wrong_type(name, "a number");
    }
  }
  void integer(std::string_view name, std::optional<int>& into) {
    const auto* value = find(name);
    if (!value) return;
    if (!value->is_number()) return wrong_type(name, "a whole number");
    const double number = value->to_number<double>();
    if (!std::isfinite(number) || number != std::floor(number)) return wrong_type(name, "a whole number");
    // What does not fit is out of any range of ours: the range check reports it.
    into = static_cast<int>(
        std::clamp(number, double{std::numeric_limits<int>::min()}, double{std::numeric_limits<int>::max()}));
  }
  const json::object* object(std::string_view name) {
    const auto* value = find(name);
    if (!value) return nullptr;
    const auto* inner = value->if_object();
    if (!inner) wrong_type(name, "an object");
    return inner;
  }
  bool has(std::string_view name) const { return object_.contains(name); }

  void add(std::string_view name, std::string code, std::string detail, std::vector<std::string> suggestions = {}) {
    errors_.push_back(
        {pointer_ + '/' + escape_pointer(name), std::move(code), std::move(detail), std::move(suggestions)});
  }
  void refuse_others(std::span<const std::string> known) {
    for (const auto& member : object_) {
      const std::string name(member.key());
      if (std::ranges::find(known, name) != known.end()) continue;
      add(name, "unknown_field", "there is no such field here; remove it", nearest_names(name, known));
    }
  }

 private:
  const json::value* find(std::string_view name) const { return object_.if_contains(name); }
  void wrong_type(std::string_view name, std::string_view wanted) {
    add(name, "wrong_type", "must be " + std::string(wanted));
  }

  const json::object& object_;
  std::string pointer_;
  std::vector<FieldError>& errors_;
};

// Named by the API, not made yet: a client learns so instead of being ignored.
constexpr std::array<std::string_view, 7> unavailable_fields = {"ssml",  "fileId",   "url",     "process",
                                                                "marks", "captions", "analysis"};

void check_range(std::string pointer, double value, double low, double high, std::vector<FieldError>& errors) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  errors.push_back({std::move(pointer), "out_of_range", "must be from " + shown(low) + " to " + shown(high), {}});
}

// White space of Unicode and what takes no room at all, as UTF-8; a text of nothing else has nothing to speak.
constexpr std::array<std::string_view, 33> unseen = {" ",
                                                     "\t",
                                                     "\r",
                                                     "\n",
                                                     "\f",
                                                     "\v",
                                                     "\xc2\x85",
                                                     "\xc2\xa0",
                                                     "\xc2\xad",
                                                     "\xe1\x9a\x80",
                                                     "\xe2\x80\x80",
                                                     "\xe2\x80\x81",
                                                     "\xe2\x80\x82",
                                                     "\xe2\x80\x83",
                                                     "\xe2\x80\x84",
                                                     "\xe2\x80\x85",
                                                     "\xe2\x80\x86",
                                                     "\xe2\x80\x87",
                                                     "\xe2\x80\x88",
                                                     "\xe2\x80\x89",
                                                     "\xe2\x80\x8a",
                                                     "\xe2\x80\x8b",
                                                     "\xe2\x80\x8c",
                                                     "\xe2\x80\x8d",
                                                     "\xe2\x80\x8e",
                                                     "\xe2\x80\x8f",
                                                     "\xe2\x80\xa8",
                                                     "\xe2\x80\xa9",
                                                     "\xe2\x80\xaf",
                                                     "\xe2\x81\x9f",
                                                     "\xe2\x81\xa0",
                                                     "\xe3\x80\x80",
                                                     "\xef\xbb\xbf"};

bool blank(std::string_view text) {
  while (!text.empty()) {
    const auto found = std::ranges::find_if(unseen, [text](std::string_view one) { return text.starts_with(one); });
    if (found == unseen.end()) return false;
    text.remove_prefix(found->size());
  }
  return true;
}

bool language_tag(std::string_view tag) {
  std::size_t part = 0;
  bool first = true;
  for (const char c : tag) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (c == '-') {
      if (part == 0 || (first && part < 2)) return false;
      part = 0;
      first = false;
    } else if (letter || (digit && !first)) {
      if (++part > 8) return false;
    } else {
      return false;
    }
  }
  return part > 0 && !(first && part < 2);
}

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

void read_output(const json::object& object, OutputSpec& output, std::vector<FieldError>& errors) {
  static const std::vector<std::string> known = {"format", "bitrate", "sampleRate", "channels"};
  Reader reader(object, "/output", errors);
  reader.refuse_others(known);
  std::string format(traits_of(output.format).name);
  reader.text("format", format);
  if (const auto parsed = parse_format(format)) {
    output.format = *parsed;
  } else {
    std::vector<std::string> names;
    for (const auto& traits : all_formats()) names.emplace_back(traits.name);
    reader.add("format", "unknown_format", "there is no such format", names);
    return;  // what the other fields may be depends on it
  }
  reader.integer("bitrate", output.bitrate);
  reader.integer("sampleRate", output.sample_rate);
  reader.integer("channels", output.channels);
}

JobSpec read_spec(const json::object& object, const SpecLimits& limits, std::vector<FieldError>& errors) {
  static const std::vector<std::string> known = {
      "text", "voiceId", "language", "speed",   "volume", "sentenceSilence", "output",  "metadata",
      "ssml", "fileId",  "url",      "process", "marks",  "captions",        "analysis"};
  JobSpec spec;
  Reader reader(object, "", errors);
  reader.refuse_others(known);
  for (const auto name : unavailable_fields) {
    if (reader.has(name)) reader.add(name, "not_available", "is not available on this server; remove it");
  }
  if (!reader.has("text")) reader.add("text", "required", "give the text to speak");
  reader.text("text", spec.speech.text);
  reader.text("voiceId", spec.speech.voice_id);
  if (reader.has("voiceId") && spec.speech.voice_id.empty() && object.at("voiceId").is_string()) {
    reader.add("voiceId", "unknown_voice", "must name a voice; GET /api/v1/voices lists them");
  }
  reader.text("language", spec.speech.language);
  reader.number("speed", spec.speech.speed);
  reader.number("volume", spec.speech.volume_db);
  reader.number("sentenceSilence", spec.speech.sentence_silence_s);
  if (const auto* output = reader.object("output")) read_output(*output, spec.output, errors);
  if (const auto* metadata = reader.object("metadata")) read_metadata(*metadata, limits, spec.metadata, errors);
  if (reader.has("text") && object.at("text").is_string()) check_speech(spec.speech, limits, errors);
  check_output(spec.output, errors);
  return spec;
}

void check_choice(std::string pointer, std::string_view what, std::optional<int> asked, std::span<const int> allowed,
                  int low, int high, std::string_view format, std::vector<FieldError>& errors) {
  if (!asked) return;
  const bool fits =
      allowed.empty() ? *asked >= low && *asked <= high : std::ranges::find(allowed, *asked) != allowed.end();
  if (fits) return;
  std::vector<std::string> choices;
  for (const int choice : allowed) choices.push_back(std::to_string(choice));
  std::string detail = std::string(format) + " allows ";
  detail += allowed.empty() ? std::string(what) + " from " + std::to_string(low) + " to " + std::to_string(high)
                            : "these " + std::string(what);
  errors.push_back({std::move(pointer), "out_of_range", std::move(detail), std::move(choices)});
}

}  // namespace

void check_speech(const SpeechRequest& speech, const SpecLimits& limits, std::vector<FieldError>& errors) {
  const auto text_error = [&](std::string code, std::string detail) {
    errors.push_back({"/text", std::move(code), std::move(detail), {}});
  };
  if (const auto at = find_invalid_utf8(speech.text)) {
    text_error("invalid_utf8", "is not UTF-8 from byte " + std::to_string(*at) + " on");
  } else if (blank(speech.text)) {
    text_error("blank", "has nothing to speak; give at least one word");
  } else if (speech.text.find('\0') != std::string::npos) {
    text_error("invalid_character", "has the character U+0000; remove it");
  } else if (const auto n = count_code_points(speech.text); n > limits.max_text_characters) {
    text_error("too_long", "has " + std::to_string(n) + " characters; the limit is " +
                               std::to_string(limits.max_text_characters) + ": split it into several requests");
  }
  if (!speech.language.empty() && !language_tag(speech.language)) {
    errors.push_back({"/language", "invalid_language", "must be a language tag such as en-US", {}});
  }
  check_range("/speed", speech.speed, 0.25, 4, errors);
  check_range("/volume", speech.volume_db, -24, 24, errors);
  check_range("/sentenceSilence", speech.sentence_silence_s, 0, 5, errors);
}

void check_output(const OutputSpec& output, std::vector<FieldError>& errors) {
  const FormatTraits& traits = traits_of(output.format);
  check_choice("/output/sampleRate", "sample rates (Hz)", output.sample_rate, traits.sample_rates, traits.min_rate,
               traits.max_rate, traits.name, errors);
  check_choice("/output/channels", "channels", output.channels, {}, 1, traits.max_channels, traits.name, errors);
  if (!output.bitrate) return;
  if (traits.bands.empty()) {
    errors.push_back(
        {"/output/bitrate", "not_applicable", std::string(traits.name) + " has no bitrate; remove it", {}});
    return;
  }
  const int channels = std::clamp(output.channels.value_or(1), 1, 2);
  const bool rate_fixed = output.sample_rate && allows_rate(traits, *output.sample_rate);
  const BitrateChoice choice =
      rate_fixed ? bitrates_at(*band_at(traits, *output.sample_rate), channels) : all_bitrates(traits, channels);
  std::string what = channels == 1 ? "bitrates (bits per second) for one channel" : "bitrates for two channels";
  if (rate_fixed) what += " at " + std::to_string(*output.sample_rate) + " Hz";
  check_choice("/output/bitrate", what, output.bitrate, choice.values, choice.range.low, choice.range.high, traits.name,
               errors);
}

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
  json::object output{{"format", traits_of(spec.output.format).name}};
  if (spec.output.bitrate) output["bitrate"] = *spec.output.bitrate;
  if (spec.output.sample_rate) output["sampleRate"] = *spec.output.sample_rate;
  if (spec.output.channels) output["channels"] = *spec.output.channels;
  const json::object stored{{"text", spec.speech.text},         {"voiceId", spec.speech.voice_id},
                            {"language", spec.speech.language}, {"speed", spec.speech.speed},
                            {"volume", spec.speech.volume_db},  {"sentenceSilence", spec.speech.sentence_silence_s},
                            {"output", std::move(output)},      {"metadata", json::value_from(spec.metadata)}};
  return json::serialize(stored);
}

Result<JobSpec> parse_stored_spec(std::string_view stored) {
  const auto value = parse_strict_json(stored);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object) return fail(ErrorCode::corrupt, "a stored request is not JSON");
  std::vector<FieldError> errors;
  JobSpec spec;
  Reader reader(*object, "", errors);
  reader.text("text", spec.speech.text);
  reader.text("voiceId", spec.speech.voice_id);
  reader.text("language", spec.speech.language);
  reader.number("speed", spec.speech.speed);
  reader.number("volume", spec.speech.volume_db);
  reader.number("sentenceSilence", spec.speech.sentence_silence_s);
  if (const auto* output = reader.object("output")) read_output(*output, spec.output, errors);
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
