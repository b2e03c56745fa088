#include "job/output_json.h"

#include <array>

#include "job/json_reader.h"

namespace soundbite {

namespace json = boost::json;

OutputSpec read_output(const json::object& object, const std::string& pointer, std::vector<FieldError>& errors) {
  static constexpr std::array<std::string_view, 4> known = {"format", "bitrate", "sampleRate", "channels"};
  OutputSpec output;
  JsonReader reader(object, pointer, errors);
  reader.refuse_others(known);
  std::string format(traits_of(output.format).name);
  reader.text("format", format);
  if (const auto parsed = parse_format(format)) {
    output.format = *parsed;
  } else {
    std::vector<std::string> names;
    for (const auto& traits : all_formats()) names.emplace_back(traits.name);
    reader.add("format", "unknown_format", "there is no such format", names);
    return output;  // what the other fields may be depends on it
  }
  reader.integer("bitrate", output.bitrate);
  reader.integer("sampleRate", output.sample_rate);
  reader.integer("channels", output.channels);
  return output;
}

json::object to_json(const OutputSpec& output) {
  json::object object{{"format", traits_of(output.format).name}};
  if (output.bitrate) object["bitrate"] = *output.bitrate;
  if (output.sample_rate) object["sampleRate"] = *output.sample_rate;
  if (output.channels) object["channels"] = *output.channels;
  return object;
}

}  // namespace soundbite
