#include "app/doctor.h"

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "app/commands.h"
#include "app/media_settings.h"
#include "base/text.h"
#include "sandbox/media_host.h"
#include "service/soundbites.h"
#include "speech/engine.h"
#include "vad/silero.h"

namespace soundbite {

namespace {

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::ok: return "ok";
    case Finding::warn: return "warn";
    case Finding::fail: break;
  }
  return "fail";
}

void append(std::vector<Check>& checks, std::vector<Check> more) {
  checks.insert(checks.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// The usual folders need not be there; those that somebody named should.
bool names_voices_dirs(const LoadedConfig& loaded) {
  const auto place = static_cast<std::size_t>(find_setting("voices-dir") - all_settings().data());
  return loaded.origins[place].source != Source::fallback;
}

std::vector<Check> check_everything(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  std::vector<Check> checks;
  checks.push_back(
      {"settings", Finding::ok, loaded.file.empty() ? "no file; `soundbite config` prints them" : loaded.file});
  Log log(LogFormat::text, LogLevel::off);
  prometheus::Registry registry;
  const auto media = start_media_host(media_options(config), log, registry);  // before there are threads
  checks.push_back(check_onnxruntime(config.onnxruntime));
  for (const auto& dir : config.voices_dirs) checks.push_back(check_voices_dir(dir));
  std::erase_if(checks,
                [&](const Check& check) { return check.finding == Finding::warn && !names_voices_dirs(loaded); });
  const auto engine =
      make_speech_engine({.voices_dirs = config.voices_dirs, .onnxruntime_library = config.onnxruntime}, log, registry);
  if (engine) {
    append(checks, check_voices((*engine)->voices()));
    checks.push_back(
        check_speech(**engine, config.default_voice.empty() ? first_working_voice(**engine) : config.default_voice));
  } else {
    checks.push_back({"speech", Finding::fail, engine.error().message, "install espeak-ng-data"});
  }
  if (media) {
    append(checks, check_formats(**media));
    checks.push_back(check_sandbox(**media));
  } else {
    checks.push_back({"formats", Finding::fail, media.error().message,
                      "build soundbite-media beside soundbite, or name it with --media-program"});
  }
  const auto detector = make_silero_detector({.onnxruntime_library = config.onnxruntime, .model = config.vad_model});
  checks.push_back(check_speech_detection(*detector));
  checks.push_back(check_data_dir(config));
  checks.push_back(check_port(config.listen));
  checks.push_back(check_descriptors());
  return checks;
}

std::string as_json(const std::vector<Check>& checks) {
  std::string out = "[";
  for (const auto& check : checks) {
    out += std::string(out.size() == 1 ? "\n" : ",\n") + "{\"check\":" + quote_json(check.name) +
           ",\"finding\":" + quote_json(name_of(check.finding)) + ",\"detail\":" + quote_json(check.detail) +
           ",\"remedy\":" + (check.remedy.empty() ? "null" : quote_json(check.remedy)) + "}";
  }
  return out + "\n]\n";
}

std::string as_text(const std::vector<Check>& checks) {
  std::string out;
  for (const auto& check : checks) {
    std::string line(name_of(check.finding));
    line.resize(6, ' ');
    line += check.name;
    line.resize(std::max<std::size_t>(22, line.size() + 2), ' ');
    out += line + check.detail + "\n";
    if (!check.remedy.empty()) out += std::string(22, ' ') + "→ " + check.remedy + "\n";
  }
  return out;
}

}  // namespace

CommandSpec doctor_spec() {
  CommandSpec spec{.name = "doctor",
                   .summary = "check libraries, voices, formats, folders and the port, and say what to do",
                   .options = {{.name = "json", .help = "print JSON"}},
                   .examples =
                       "  soundbite doctor\n"
                       "  soundbite doctor --data-dir /var/lib/soundbite\n"
                       "  soundbite doctor --json | jq '.[] | select(.finding != \"ok\")'\n"};
  for (const auto& setting : all_settings()) spec.settings.push_back(setting.name);
  return spec;
}

Ending run_doctor(const Invocation& invocation) {
  const auto loaded = load_config(invocation);
  if (!loaded) return std::unexpected(loaded.error());
  std::signal(SIGPIPE, SIG_IGN);  // an encoder that dies is a finding
  const auto checks = check_everything(*loaded);
  std::fputs((invocation.arguments.has("json") ? as_json(checks) : as_text(checks)).c_str(), stdout);
  const auto failures = std::ranges::count(checks, Finding::fail, &Check::finding);
  if (failures == 0) return {};
  return failed(std::to_string(failures) + (failures == 1 ? " check" : " checks") + " failed");
}

}  // namespace soundbite
