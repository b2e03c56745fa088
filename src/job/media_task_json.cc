#include "job/media_task_json.h"

#include <array>
#include <boost/json/serialize.hpp>

#include "base/strict_json.h"
#include "job/json_reader.h"
#include "job/json_writer.h"
#include "job/output_json.h"
#include "job/recipe_json.h"

namespace soundbite {

namespace json = boost::json;

namespace {

// One optional member each; all others are always there.
constexpr std::array<std::string_view, 9> task_members = {"inputs",       "recipe", "output",    "makeAudio", "analyse",
                                                          "drawWaveform", "limits", "tapSpeech", "pcmRate"};
constexpr std::array<std::string_view, 2> input_members = {"pointer", "name"};
constexpr std::array<std::string_view, 9> limit_members = {"minSeconds",  "maxSeconds",  "minRate",
                                                           "maxRate",     "maxChannels", "maxStreams",
                                                           "maxTagBytes", "maxArtBytes", "maxOutputBytes"};

constexpr double any_seconds = 1e6;
constexpr int any_count = 1'000'000;

void append_limits(std::string& out, const MediaLimits& limits) {
  JsonObject object(out);
  object.number("minSeconds", limits.min_seconds);
  object.number("maxSeconds", limits.max_seconds);
  object.integer("minRate", limits.min_rate);
  object.integer("maxRate", limits.max_rate);
  object.integer("maxChannels", limits.max_channels);
  object.integer("maxStreams", limits.max_streams);
  object.integer("maxTagBytes", static_cast<std::int64_t>(limits.max_tag_bytes));
  object.integer("maxArtBytes", static_cast<std::int64_t>(limits.max_art_bytes));
  object.integer("maxOutputBytes", static_cast<std::int64_t>(limits.max_output_bytes));
  object.close();
}

MediaLimits read_limits(const json::object& object, std::vector<FieldError>& errors) {
  MediaLimits limits;
  JsonReader reader(object, "/limits", errors);
  reader.refuse_others(limit_members);
  for (const auto name : limit_members) reader.require(name, "is missing");
  reader.number("minSeconds", limits.min_seconds, 0, any_seconds);
  reader.number("maxSeconds", limits.max_seconds, 0, any_seconds);
  reader.integer("minRate", limits.min_rate, 1, any_count);
  reader.integer("maxRate", limits.max_rate, 1, any_count);
  reader.integer("maxChannels", limits.max_channels, 1, any_count);
  reader.integer("maxStreams", limits.max_streams, 1, any_count);
  reader.count("maxTagBytes", limits.max_tag_bytes);
  reader.count("maxArtBytes", limits.max_art_bytes);
  reader.count("maxOutputBytes", limits.max_output_bytes);
  return limits;
}

std::vector<MediaInput> read_inputs(const json::array& array, std::vector<FieldError>& errors) {
  std::vector<MediaInput> inputs;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const std::string pointer = "/inputs/" + std::to_string(i);
    const auto* object = array[i].if_object();
    if (!object) {
      errors.push_back({pointer, "wrong_type", "must be an object", {}});
      continue;
    }
    JsonReader reader(*object, pointer, errors);
    reader.refuse_others(input_members);
    for (const auto name : input_members) reader.require(name, "is missing");
    MediaInput& input = inputs.emplace_back();
    reader.text("pointer", input.pointer);
    reader.text("name", input.name);
  }
  return inputs;
}

MediaTask read_task(const json::object& object, std::vector<FieldError>& errors) {
  MediaTask task;
  JsonReader reader(object, "", errors);
  reader.refuse_others(task_members);
  for (const auto name : task_members) {
    if (name != "pcmRate") reader.require(name, "is missing");
  }
  if (const auto* inputs = reader.array("inputs")) task.inputs = read_inputs(*inputs, errors);
  reader.integer("pcmRate", task.pcm_rate);
  if (const auto* recipe = object.if_contains("recipe")) task.recipe = read_recipe(*recipe, "/recipe", errors);
  if (const auto* output = reader.object("output")) task.output = read_output(*output, "/output", errors);
  reader.boolean("makeAudio", task.make_audio);
  reader.boolean("analyse", task.analyse);
  reader.boolean("drawWaveform", task.draw_waveform);
  reader.boolean("tapSpeech", task.tap_speech);
  if (const auto* limits = reader.object("limits")) task.limits = read_limits(*limits, errors);
  return task;
}

}  // namespace

std::string to_json(const MediaTask& task) {
  std::string out;
  JsonObject object(out);
  object.key("inputs") += '[';
  for (std::size_t i = 0; i < task.inputs.size(); ++i) {
    if (i > 0) out += ',';
    JsonObject input(out);
    input.text("pointer", task.inputs[i].pointer);
    input.text("name", task.inputs[i].name);
    input.close();
  }
  out += ']';
  if (task.pcm_rate) object.integer("pcmRate", *task.pcm_rate);
  object.key("recipe") += json::serialize(to_json(task.recipe));
  object.key("output") += json::serialize(to_json(task.output));
  object.boolean("makeAudio", task.make_audio);
  object.boolean("analyse", task.analyse);
  object.boolean("drawWaveform", task.draw_waveform);
  object.boolean("tapSpeech", task.tap_speech);
  append_limits(object.key("limits"), task.limits);
  object.close();
  return out;
}

Result<MediaTask> parse_media_task(std::string_view text) {
  const auto value = parse_strict_json(text);
  const auto* object = value ? value->if_object() : nullptr;
  if (!object) return fail(ErrorCode::internal, "a task for the media child is not a JSON object");
  std::vector<FieldError> errors;
  MediaTask task = read_task(*object, errors);
  if (!errors.empty()) {
    return fail(ErrorCode::internal,
                "a task for the media child is wrong: " + errors.front().pointer + ' ' + errors.front().detail);
  }
  return task;
}

}  // namespace soundbite
