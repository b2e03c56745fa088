#include "job/recipe_json.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "base/strict_json.h"
#include "job/json_reader.h"

namespace soundbite {

namespace json = boost::json;

namespace {

using Names = std::span<const std::string_view>;

constexpr double longest_s = 86'400;  // a day
constexpr std::array<std::string_view, 2> silence_modes = {"trim", "remove"};
constexpr std::array<std::string_view, 4> fade_curves = {"linear", "sine", "exponential", "logarithmic"};

operation::Trim read_trim(JsonReader& reader) {
  operation::Trim trim;
  reader.number("start", trim.start_s, 0, longest_s);
  reader.number("end", trim.end_s, 0, longest_s);
  if (!reader.has("start") && !reader.has("end"))
    reader.add("start", "required", "give start, end or both, in seconds");
  if (trim.end_s && *trim.end_s <= trim.start_s) {
    reader.add("end", "out_of_range", "must be later than start; times are seconds from the beginning");
    trim.end_s.reset();
  }
  return trim;
}

operation::Silence read_silence(JsonReader& reader) {
  operation::Silence silence;
  if (const auto mode = reader.choice("mode", "unknown_mode", silence_modes)) {
    silence.mode = static_cast<operation::Silence::Mode>(*mode);
  }
  reader.number("threshold", silence.threshold_db, -90, -10);
  reader.number("minimum", silence.minimum_s, 0.01, 60);
  reader.number("keep", silence.keep_s, 0, 10);
  return silence;
}

operation::Gain read_gain(JsonReader& reader) {
  operation::Gain gain;
  reader.require("gain", "give the gain in dB");
  reader.number("gain", gain.db, -60, 60);
  return gain;
}

operation::Loudness read_loudness(JsonReader& reader) {
  operation::Loudness loudness;
  reader.number("target", loudness.target_lufs, -40, -5);
  reader.number("truePeak", loudness.true_peak_dbtp, -20, 0);
  reader.boolean("dualMono", loudness.dual_mono);
  return loudness;
}

operation::Fade read_fade(JsonReader& reader) {
  operation::Fade fade;
  reader.number("in", fade.in_s, 0, 600);
  reader.number("out", fade.out_s, 0, 600);
  if (const auto curve = reader.choice("curve", "unknown_curve", fade_curves)) {
    fade.curve = static_cast<operation::FadeCurve>(*curve);
  }
  if (!reader.has("in") && !reader.has("out")) {
    reader.add("in", "required", "give in, out or both, in seconds");
  } else if (reader.clean() && fade.in_s == 0 && fade.out_s == 0) {
    reader.add(reader.has("in") ? "in" : "out", "out_of_range", "in or out must be above 0");
  }
  return fade;
}

operation::Tempo read_tempo(JsonReader& reader) {
  operation::Tempo tempo;
  reader.require("factor", "give how many times as fast it should be");
  reader.number("factor", tempo.factor, 0.5, 2);
  return tempo;
}

operation::Pitch read_pitch(JsonReader& reader) {
  operation::Pitch pitch;
  reader.require("semitones", "give by how many semitones it should be higher; lower is negative");
  reader.number("semitones", pitch.semitones, -12, 12);
  return pitch;
}

operation::Denoise read_denoise(JsonReader& reader) {
  operation::Denoise denoise;
  reader.number("reduction", denoise.reduction_db, 1, 40);
  return denoise;
}

operation::Highpass read_highpass(JsonReader& reader) {
  operation::Highpass highpass;
  reader.number("frequency", highpass.hz, 10, 20'000);
  return highpass;
}

operation::Lowpass read_lowpass(JsonReader& reader) {
  operation::Lowpass lowpass;
  reader.number("frequency", lowpass.hz, 10, 20'000);
  return lowpass;
}

std::vector<FileId> read_file_ids(JsonReader& reader) {
  const auto* ids = reader.array("fileIds");
  if (!ids) return {};
  if (ids->empty() || ids->size() > max_concat_files) {
    reader.add("fileIds", "out_of_range", "has 1 to " + std::to_string(max_concat_files) + " ids");
    return {};
  }
  std::vector<FileId> files;
  for (std::size_t i = 0; i < ids->size(); ++i) {
    if (const auto id = reader.file_id((*ids)[i], "fileIds/" + std::to_string(i))) files.push_back(*id);
  }
  return files;
}

operation::Concat read_concat(JsonReader& reader) {
  operation::Concat concat;
  reader.require("fileIds", "give the ids of the files to put behind it");
  concat.files = read_file_ids(reader);
  reader.number("crossfade", concat.crossfade_s, 0, 10);
  return concat;
}

operation::Mix read_mix(JsonReader& reader) {
  operation::Mix mix;
  reader.require("fileId", "give the id of the file to put under it");
  reader.file_id("fileId", mix.bed);
  reader.number("gain", mix.gain_db, -60, 12);
  reader.number("ducking", mix.ducking_db, 0, 40);
  return mix;
}

operation::Channels read_channels(JsonReader& reader) {
  operation::Channels channels;
  reader.require("count", "give how many channels there should be: 1 or 2");
  reader.integer("count", channels.count, 1, 2);
  return channels;
}

// One operation: the names of its fields, and what reads them.
struct Form {
  std::vector<std::string_view> fields;
  Operation (*read)(JsonReader& reader);
};

template <auto read>
Operation as_operation(JsonReader& reader) {
  return read(reader);
}

const Form& form_of(std::size_t index) {
  // In the order of the variant.
  static const std::array<Form, std::variant_size_v<Operation>> forms = {{
      {{"op", "start", "end"}, as_operation<read_trim>},
      {{"op", "mode", "threshold", "minimum", "keep"}, as_operation<read_silence>},
      {{"op", "gain"}, as_operation<read_gain>},
      {{"op", "target", "truePeak", "dualMono"}, as_operation<read_loudness>},
      {{"op", "in", "out", "curve"}, as_operation<read_fade>},
      {{"op", "factor"}, as_operation<read_tempo>},
      {{"op", "semitones"}, as_operation<read_pitch>},
      {{"op", "reduction"}, as_operation<read_denoise>},
      {{"op", "frequency"}, as_operation<read_highpass>},
      {{"op", "frequency"}, as_operation<read_lowpass>},
      {{"op", "fileIds", "crossfade"}, as_operation<read_concat>},
      {{"op", "fileId", "gain", "ducking"}, as_operation<read_mix>},
      {{"op", "count"}, as_operation<read_channels>},
  }};
  return forms[index];
}

std::optional<Operation> read_operation(const json::value& value, std::string pointer,
                                        std::vector<FieldError>& errors) {
  const auto* object = value.if_object();
  if (!object) {
    errors.push_back({std::move(pointer), "wrong_type", R"(must be an object such as {"op": "gain", "gain": -3})", {}});
    return std::nullopt;
  }
  JsonReader reader(*object, std::move(pointer), errors);
  reader.require("op", "name the operation");
  const auto index = reader.choice("op", "unknown_operation", operation_names());
  if (!index) return std::nullopt;  // which fields there may be depends on it
  const Form& form = form_of(*index);
  reader.refuse_others(form.fields);
  return form.read(reader);
}

json::object fields_of(const operation::Trim& trim) {
  json::object fields{{"start", trim.start_s}};
  if (trim.end_s) fields["end"] = *trim.end_s;
  return fields;
}
json::object fields_of(const operation::Silence& silence) {
  return {{"mode", silence_modes[static_cast<std::size_t>(silence.mode)]},
          {"threshold", silence.threshold_db},
          {"minimum", silence.minimum_s},
          {"keep", silence.keep_s}};
}
json::object fields_of(const operation::Gain& gain) { return {{"gain", gain.db}}; }
json::object fields_of(const operation::Loudness& loudness) {
  return {{"target", loudness.target_lufs}, {"truePeak", loudness.true_peak_dbtp}, {"dualMono", loudness.dual_mono}};
}
json::object fields_of(const operation::Fade& fade) {
  return {{"in", fade.in_s}, {"out", fade.out_s}, {"curve", fade_curves[static_cast<std::size_t>(fade.curve)]}};
}
json::object fields_of(const operation::Tempo& tempo) { return {{"factor", tempo.factor}}; }
json::object fields_of(const operation::Pitch& pitch) { return {{"semitones", pitch.semitones}}; }
json::object fields_of(const operation::Denoise& denoise) { return {{"reduction", denoise.reduction_db}}; }
json::object fields_of(const operation::Highpass& highpass) { return {{"frequency", highpass.hz}}; }
json::object fields_of(const operation::Lowpass& lowpass) { return {{"frequency", lowpass.hz}}; }
json::object fields_of(const operation::Concat& concat) {
  json::array ids;
  for (const FileId& file : concat.files) ids.emplace_back(file.text());
  return {{"fileIds", std::move(ids)}, {"crossfade", concat.crossfade_s}};
}
json::object fields_of(const operation::Mix& mix) {
  return {{"fileId", mix.bed.text()}, {"gain", mix.gain_db}, {"ducking", mix.ducking_db}};
}
json::object fields_of(const operation::Channels& channels) { return {{"count", channels.count}}; }

}  // namespace

Recipe read_recipe(const json::value& value, std::string_view pointer, std::vector<FieldError>& errors) {
  const auto* array = value.if_array();
  if (!array) {
    errors.push_back({std::string(pointer), "wrong_type", "must be an array of operations", {}});
    return {};
  }
  if (array->size() > max_operations) {
    errors.push_back(
        {std::string(pointer), "too_many", "has at most " + std::to_string(max_operations) + " operations", {}});
    return {};
  }
  Recipe recipe;
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto one = read_operation((*array)[i], std::string(pointer) + '/' + std::to_string(i), errors);
    if (one) recipe.push_back(std::move(*one));
    if (files_of(recipe).size() <= max_recipe_files) continue;
    errors.push_back({std::string(pointer) + '/' + std::to_string(i),
                      "too_many",
                      "with this operation the recipe names more than " + std::to_string(max_recipe_files) +
                          " files; put some of them together in a soundbite of their own first",
                      {}});
    return recipe;
  }
  return recipe;
}

Result<Recipe> parse_recipe(std::string_view text) {
  const auto value = parse_strict_json(text);
  if (!value) return std::unexpected(value.error());
  std::vector<FieldError> errors;
  Recipe recipe = read_recipe(*value, "", errors);
  if (!errors.empty()) {
    return std::unexpected(Error{ErrorCode::invalid, "the recipe has wrong fields", std::move(errors)});
  }
  return recipe;
}

json::value to_json(const Recipe& recipe) {
  json::array array;
  for (const Operation& one : recipe) {
    json::object object{{"op", name_of(one)}};
    for (auto& [name, value] : std::visit([](const auto& operation) { return fields_of(operation); }, one)) {
      object.emplace(name, std::move(value));
    }
    array.emplace_back(std::move(object));
  }
  return array;
}

}  // namespace soundbite
