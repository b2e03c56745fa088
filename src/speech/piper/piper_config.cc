#include "speech/piper/piper_config.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/strict_json.h"
#include "base/text.h"
#include "speech/text/code_points.h"

namespace soundbite {

namespace json = boost::json;

namespace {

constexpr std::int64_t max_speakers = 10'000;
constexpr std::int64_t max_phoneme_id = 100'000;
constexpr std::size_t max_name = 100;  // bytes

std::unexpected<Error> wrong(std::string message) { return fail(ErrorCode::invalid, std::move(message)); }

const json::value* find(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  return object ? object->if_contains(key) : nullptr;
}

// Empty when absent or not a string.
std::string text_of(const json::value* value) {
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(*text) : std::string();
}

const json::value* find(const json::value& value, std::string_view outer, std::string_view inner) {
  const auto* object = find(value, outer);
  return object ? find(*object, inner) : nullptr;
}

// A number of any JSON kind; `otherwise` when absent or not a number.
double number_of(const json::value* value, double otherwise) {
  if (!value || !value->is_number()) return otherwise;
  return value->to_number<double>();
}

bool is_plain_name(std::string_view name) {
  const auto control = [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= max_name && std::ranges::none_of(name, control);
}

Result<void> read_phonemes(const json::value& root, PiperConfig& config) {
  const auto* map = find(root, "phoneme_id_map");
  if (!map || !map->is_object() || map->get_object().empty()) return wrong("phoneme_id_map is missing");
  for (const auto& [key, value] : map->get_object()) {
    if (!value.is_array()) return wrong("phoneme_id_map holds something other than arrays of ids");
    std::vector<std::int64_t> ids;
    for (const auto& id : value.get_array()) {
      const auto* number = id.if_int64();
      if (!number || *number < 0 || *number > max_phoneme_id) return wrong("phoneme_id_map holds an id that is none");
      ids.push_back(*number);
      config.highest_id = std::max(config.highest_id, *number);
    }
    std::size_t at = 0;
    if (key.empty()) continue;
    const char32_t phoneme = next_code_point(std::string_view(key), at);
    if (at == key.size()) config.phonemes[phoneme] = std::move(ids);  // espeak-ng never yields longer ones
  }
  return {};
}

Result<void> read_speakers(const json::value& root, PiperConfig& config) {
  config.speaker_count = static_cast<std::int64_t>(std::clamp(number_of(find(root, "num_speakers"), 1), 0.0, 1e6));
  if (config.speaker_count > max_speakers) return wrong("num_speakers is above 10000");
  const auto* map = find(root, "speaker_id_map");
  if (config.speaker_count <= 1 || !map || !map->is_object()) return {};
  for (const auto& [name, value] : map->get_object()) {
    const auto* id = value.if_int64();
    if (!id || *id < 0 || *id >= config.speaker_count) return wrong("speaker_id_map holds an id outside num_speakers");
    if (is_plain_name(name)) config.speakers.emplace(name, *id);
  }
  return {};
}

Result<void> read_inference(const json::value& root, PiperConfig& config) {
  const auto read = [&](std::string_view key, float& out) {
    const double value = number_of(find(root, "inference", key), static_cast<double>(out));
    out = static_cast<float>(value);
    return std::isfinite(value) && value >= 0 && value <= 10;
  };
  const bool sound = read("noise_scale", config.noise_scale) && read("length_scale", config.length_scale) &&
                     read("noise_w", config.noise_w);
  if (!sound || config.length_scale < 0.1f) return wrong("inference holds a scale out of range");
  return {};
}

}  // namespace

std::string to_language_tag(std::string_view code) {
  std::string tag;
  std::size_t begin = 0;
  while (begin <= code.size()) {
    const std::size_t end = std::min(code.find_first_of("-_", begin), code.size());
    std::string part(code.substr(begin, end - begin));
    std::ranges::transform(part, part.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool private_use = tag.ends_with("-x");
    if (begin > 0 && !private_use && part.size() == 2)
      std::ranges::transform(part, part.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (begin > 0 && !private_use && part.size() == 4 && part.find_first_of("0123456789") == part.npos)
      part[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(part[0])));
    tag += (tag.empty() ? "" : "-") + part;
    begin = end + 1;
  }
  return tag;
}

Result<PiperConfig> parse_piper_config(std::string_view text) {
  const auto root = parse_strict_json(text);
  if (!root)
    return wrong("not valid JSON: " +
                 (root.error().fields.empty() ? root.error().message : root.error().fields[0].detail));
  if (!root->is_object()) return wrong("not a JSON object");
  PiperConfig config;
  const std::string type = text_of(find(*root, "phoneme_type"));
  if (!type.empty() && type != "espeak")
    return wrong("phoneme_type \"" + type.substr(0, max_name) + "\" is not supported, only espeak");
  const double rate = number_of(find(*root, "audio", "sample_rate"), 0);
  if (!(rate >= 8'000 && rate <= 192'000)) return wrong("audio.sample_rate is missing or out of range");
  config.sample_rate = static_cast<int>(rate);
  config.espeak_voice = text_of(find(*root, "espeak", "voice"));
  if (!is_plain_name(config.espeak_voice)) return wrong("espeak.voice is missing");
  const std::string code = text_of(find(*root, "language", "code"));
  config.language = to_language_tag(is_plain_name(code) ? code : config.espeak_voice);
  const std::string data_set = text_of(find(*root, "dataset"));
  const std::string quality = text_of(find(*root, "audio", "quality"));
  if (is_plain_name(data_set)) config.name = is_plain_name(quality) ? data_set + " (" + quality + ")" : data_set;
  for (const auto read : {read_phonemes, read_speakers, read_inference})
    if (auto done = read(*root, config); !done) return std::unexpected(std::move(done.error()));
  return config;
}

}  // namespace soundbite
