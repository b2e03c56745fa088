#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <cstdio>

#include "app/commands.h"
#include "app/text_table.h"
#include "speech/engine.h"

namespace soundbite {

namespace {

namespace json = boost::json;

std::string fold(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// A filter is part of the id or the name, or the beginning of a language.
bool matches(const Voice& voice, const std::string& filter) {
  if (filter.empty() || fold(voice.id).contains(filter) || fold(voice.name).contains(filter)) return true;
  return std::ranges::any_of(voice.languages, [&](const auto& tag) { return fold(tag).starts_with(filter); });
}

std::string as_json(const std::vector<Voice>& voices) {
  std::string out = "[";
  for (const auto& voice : voices) {
    const json::object object{{"id", voice.id},
                              {"name", voice.name},
                              {"engine", voice.engine},
                              {"languages", json::value_from(voice.languages)},
                              {"gender", voice.gender},
                              {"sampleRate", voice.sample_rate},
                              {"licence", voice.licence},
                              {"features", json::value_from(voice.features)},
                              {"broken", voice.broken.empty() ? json::value(nullptr) : json::value(voice.broken)}};
    out += (out.size() == 1 ? "\n" : ",\n") + json::serialize(object);
  }
  return out + "\n]\n";
}

std::string as_table(const std::vector<Voice>& voices) {
  std::vector<std::vector<std::string>> rows{{"ID", "LANGUAGE", "ENGINE", "RATE", "STATE"}};
  for (const auto& voice : voices) {
    rows.push_back({voice.id, voice.languages.empty() ? "-" : voice.languages.front(), voice.engine,
                    voice.sample_rate == 0 ? "-" : std::to_string(voice.sample_rate),
                    voice.broken.empty() ? "ok" : "broken: " + voice.broken});
  }
  return text_table(rows);
}

}  // namespace

CommandSpec voices_spec() {
  return {.name = "voices",
          .summary = "list who can speak",
          .words = "[FILTER]",
          .max_words = 1,
          .options = {{.name = "json", .help = "print JSON"}},
          .settings = {"voices-dir", "onnxruntime"},
          .examples =
              "  soundbite voices\n"
              "  soundbite voices en-GB          of one language\n"
              "  soundbite voices joe            part of an id or name\n"
              "  soundbite voices --voices-dir ~/my-voices --json\n"};
}

Ending run_voices(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  const auto engine = make_speech_engine(
      {.voices_dirs = loaded->config.voices_dirs, .onnxruntime_library = loaded->config.onnxruntime}, log, registry);
  if (!engine) return failed(engine.error().message);
  auto voices = (*engine)->voices();
  const std::string filter = invocation.arguments.words().empty() ? "" : invocation.arguments.words().front();
  std::erase_if(voices, [&](const Voice& voice) { return !matches(voice, fold(filter)); });
  if (voices.empty()) return failed("no voice matches '" + filter + "'; `soundbite voices` lists all");
  std::fputs((invocation.arguments.has("json") ? as_json(voices) : as_table(voices)).c_str(), stdout);
  return {};
}

}  // namespace soundbite
