#include "app/config/settings.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <thread>

#include "app/config/values.h"
#include "base/text.h"

namespace soundbite {

namespace {

const std::vector<Setting>& table() {
  // What a newcomer looks for first stands first.
  static const std::vector<Setting> settings{
      {"listen", "HOST:PORT", &Config::listen, "127.0.0.1:8080", "",
       "address to serve on; port 0 takes any free one; without authentication only a loopback address"},
      {"data-dir", "DIR", &Config::data_dir, "./data", "", "folder for jobs and audio; one server owns it at a time"},
      {"voices-dir", "DIR", &Config::voices_dirs, "", "what set-up installed, and ~/.local/share/soundbite/voices",
       "folder of Piper voices (NAME.onnx with NAME.onnx.json); the first folder that has a name wins"},
      {"default-voice", "ID", &Config::default_voice, "", "the first voice that works",
       "voice of requests that name none"},
      {"workers", "N", &Config::workers, "", "number of cores", "jobs made at once; 0 serves the API only", {}, 0, 256},
      {"env",
       "NAME",
       &Config::environment,
       "development",
       "",
       "which environment this is; every record carries it",
       {"development", "staging", "production"}},
      {"log-level",
       "LEVEL",
       &Config::log_level,
       "info",
       "",
       "least level that is logged, to standard error",
       {"debug", "info", "warn", "error", "off"}},
      {"log-format",
       "FORMAT",
       &Config::log_format,
       "",
       "text in development, else json",
       "form of the log lines",
       {"text", "json"}},
      {"queue-limit",
       "N",
       &Config::queue_limit,
       "100000",
       "",
       "waiting jobs; beyond it a new one is answered 503 with Retry-After",
       {},
       1,
       10'000'000},
      {"retention",
       "TIME",
       &Config::retention,
       "30d",
       "",
       "how long jobs and their audio are kept",
       {},
       60'000,
       3'650ULL * 86'400'000},
      {"disk-reserve",
       "BYTES",
       &Config::disk_reserve,
       "64MiB",
       "",
       "free space below which work pauses and new jobs are answered 503",
       {},
       1 << 20,
       1ULL << 50},
      {"lease",
       "TIME",
       &Config::lease,
       "30s",
       "",
       "how long a job stays with a worker that gives no sign of life",
       {},
       3'000,
       3'600'000},
      {"max-attempts", "N", &Config::max_attempts, "3", "", "failures of a job before it is a dead letter", {}, 1, 100},
      {"grace",
       "TIME",
       &Config::grace,
       "20s",
       "",
       "how long requests and jobs under way may go on after SIGTERM; jobs are then given back",
       {},
       0,
       3'600'000},
      {"max-text", "N", &Config::max_text, "100000", "", "characters of one text", {}, 1, 1'000'000},
      {"max-file",
       "BYTES",
       &Config::max_file,
       "100MB",
       "",
       "size of one recording, uploaded or fetched",
       {},
       1'000,
       1ULL << 40},
      {"max-audio",
       "TIME",
       &Config::max_audio,
       "1h",
       "",
       "length of one recording, counted while it is decoded",
       {},
       1'000,
       86'400'000},
      {"file-retention",
       "TIME",
       &Config::file_retention,
       "30d",
       "",
       "how long uploaded recordings are kept; one that a waiting job needs stays",
       {},
       60'000,
       3'650ULL * 86'400'000},
      {"upload-retention",
       "TIME",
       &Config::upload_retention,
       "1d",
       "",
       "how long an upload in pieces may take before it is forgotten",
       {},
       60'000,
       30ULL * 86'400'000},
      {"url-allow", "HOST:PORT", &Config::url_allow, "", "none: only the public internet",
       "loopback addresses that jobs may fetch from as well, separated by commas, such as 127.0.0.1:8099"},
      {"public-url", "URL", &Config::public_url, "", "none: links are relative",
       "how clients reach this server, such as https://speech.example.com; makes problem types absolute"},
      {"max-connections", "N", &Config::max_connections, "20000", "", "open connections", {}, 1, 1'000'000},
      {"header-timeout",
       "TIME",
       &Config::header_timeout,
       "10s",
       "",
       "for a request's header to arrive",
       {},
       100,
       3'600'000},
      {"request-timeout",
       "TIME",
       &Config::request_timeout,
       "30s",
       "",
       "for a whole request, waits excluded",
       {},
       100,
       3'600'000},
      {"idle-timeout",
       "TIME",
       &Config::idle_timeout,
       "75s",
       "",
       "for a connection without a request",
       {},
       100,
       86'400'000},
      {"auth",
       "HOW",
       &Config::auth,
       "none",
       "",
       "who may call: anyone, which is why only loopback is served",
       {"none"}},
      {"rate-limit", "LIMIT", &Config::rate_limit, "off", "", "requests per client: unlimited", {"off"}},
      {"store",
       "KIND",
       &Config::store,
       "embedded",
       "",
       "where jobs live: SQLite and files in --data-dir",
       {"embedded"}},
      {"onnxruntime", "FILE", &Config::onnxruntime, "", "what set-up installed, else the system's",
       "the ONNX Runtime library (libonnxruntime.so.…), which Piper voices need"},
      {"vad-model", "FILE", &Config::vad_model, "", "what set-up installed",
       "the Silero model that finds speech in recordings; without it analyses do not tell who speaks when"},
      {"media-program", "FILE", &Config::media_program, "", "soundbite-media beside this program",
       "the program that decodes, processes and encodes audio"},
      {"sandbox",
       "LEVEL",
       &Config::sandbox,
       "best",
       "",
       "confinement of what decodes recordings: the best that this system allows, or strict, which refuses to start "
       "below the whole of it",
       {"best", "strict"}},
  };
  return settings;
}

std::string with_underscores(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '-', '_');
  return out;
}

// "production" for "prod"-like slips: the nearest first, all of them behind.
std::string advise(std::string_view written, const Setting& setting) {
  const std::vector<std::string> names(setting.choices.begin(), setting.choices.end());
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : " or ") + name;
  if (names.size() == 1) return "this version knows only " + all;
  const auto nearest = nearest_names(written, names, 1);
  return nearest.empty() ? "write " + all : "did you mean " + nearest.front() + "? (" + all + ")";
}

Result<std::size_t> choose(std::string_view written, const Setting& setting) {
  const auto found = std::ranges::find(setting.choices, written);
  if (found == setting.choices.end()) return fail(ErrorCode::invalid, advise(written, setting));
  return static_cast<std::size_t>(found - setting.choices.begin());
}

Result<void> check_public_url(const std::string& url) {
  const bool scheme = url.starts_with("http://") || url.starts_with("https://");
  const auto host = url.find("://") + 3;
  if (!scheme || url.size() <= host || url.find_first_of("@?# \t\"", 0) != std::string::npos || url.ends_with('/'))
    return fail(ErrorCode::invalid, "write http:// or https://, a host and perhaps a path, without a slash at the end");
  return {};
}

// Reads one field; the overload is chosen by the field's type.
struct Assign {
  Config& config;
  const Setting& setting;
  std::span<const std::string> written;

  const std::string& last() const { return written.back(); }

  template <class Number>
  Result<Number> in_range(Result<Number> parsed, std::uint64_t value, std::string (*write)(std::uint64_t)) const {
    if (!parsed || (value >= setting.min && value <= setting.max)) return parsed;
    return fail(ErrorCode::invalid, "write " + write(setting.min) + " to " + write(setting.max));
  }

  Result<void> operator()(std::string Config::* field) const {
    if (!setting.choices.empty()) {
      if (const auto place = choose(last(), setting); !place) return std::unexpected(place.error());
    }
    if (last().empty()) return fail(ErrorCode::invalid, "write " + std::string(setting.placeholder));
    if (field == &Config::url_allow) {
      for (const auto& address : split_list(last())) {
        if (auto parsed = parse_listen_address(address); !parsed || !is_loopback(parsed->host))
          return fail(ErrorCode::invalid, "write loopback addresses with their ports, such as 127.0.0.1:8099");
      }
    }
    if (field == &Config::public_url) {
      if (auto checked = check_public_url(last()); !checked) return checked;
    }
    config.*field = last();
    return {};
  }

  Result<void> operator()(std::vector<std::string> Config::* field) const {
    config.*field = {written.begin(), written.end()};
    return {};
  }

  Result<void> operator()(std::uint64_t Config::* field) const {
    auto parsed = parse_count(last());
    parsed = in_range(parsed, parsed.value_or(0), [](std::uint64_t n) { return std::to_string(n); });
    if (!parsed) return std::unexpected(parsed.error());
    config.*field = *parsed;
    return {};
  }

  Result<void> operator()(Milliseconds Config::* field) const {
    auto parsed = parse_duration(last());
    const auto count = static_cast<std::uint64_t>(parsed.value_or(Milliseconds(0)).count());
    parsed = in_range(parsed, count,
                      [](std::uint64_t n) { return write_duration(Milliseconds(static_cast<std::int64_t>(n))); });
    if (!parsed) return std::unexpected(parsed.error());
    config.*field = *parsed;
    return {};
  }

  Result<void> operator()(Bytes Config::* field) const {
    auto parsed = parse_bytes(last());
    parsed = in_range(parsed, parsed.value_or(Bytes{}).count, [](std::uint64_t n) { return write_bytes(Bytes{n}); });
    if (!parsed) return std::unexpected(parsed.error());
    config.*field = *parsed;
    return {};
  }

  Result<void> operator()(ListenAddress Config::* field) const {
    auto parsed = parse_listen_address(last());
    if (!parsed) return std::unexpected(parsed.error());
    config.*field = std::move(*parsed);
    return {};
  }

  template <class Enumeration>
  Result<void> operator()(Enumeration Config::* field) const {
    const auto place = choose(last(), setting);
    if (!place) return std::unexpected(place.error());
    config.*field = static_cast<Enumeration>(*place);
    return {};
  }
};

struct Write {
  const Config& config;
  const Setting& setting;

  std::string operator()(std::string Config::* field) const { return config.*field; }
  std::string operator()(std::vector<std::string> Config::* field) const {
    std::string all;
    for (const auto& one : config.*field) all += (all.empty() ? "" : ":") + one;
    return all;
  }
  std::string operator()(std::uint64_t Config::* field) const { return std::to_string(config.*field); }
  std::string operator()(Milliseconds Config::* field) const { return write_duration(config.*field); }
  std::string operator()(Bytes Config::* field) const { return write_bytes(config.*field); }
  std::string operator()(ListenAddress Config::* field) const { return write_listen_address(config.*field); }
  template <class Enumeration>
  std::string operator()(Enumeration Config::* field) const {
    return std::string(setting.choices[static_cast<std::size_t>(config.*field)]);
  }
};

// Set-up leaves its parts in build/deps, beside the folder of the program; an installation in ../share and ../lib.
std::filesystem::path beside(const Surroundings& surroundings, std::string_view relative) {
  return (std::filesystem::path(surroundings.executable).parent_path() / relative).lexically_normal();
}

std::vector<std::string> find_voices_dirs(const Surroundings& surroundings) {
  std::vector<std::string> dirs;
  const std::string data_home = surroundings.variable("XDG_DATA_HOME");
  const std::string home = surroundings.variable("HOME");
  if (!data_home.empty()) {
    dirs.push_back(data_home + "/soundbite/voices");
  } else if (!home.empty()) {
    dirs.push_back(home + "/.local/share/soundbite/voices");
  }
  for (const std::string_view relative : {"../deps/voices", "../share/soundbite/voices"}) {
    std::error_code error;
    const auto dir = beside(surroundings, relative);
    if (std::filesystem::is_directory(dir, error)) dirs.push_back(dir.string());
  }
  return dirs;
}

// The newest libonnxruntime.so* of the first folder that has one.
std::string find_onnxruntime(const Surroundings& surroundings) {
  const std::array<std::filesystem::path, 6> folders{beside(surroundings, "../deps/onnxruntime/lib"),
                                                     beside(surroundings, "../lib/soundbite"),
                                                     "/usr/local/lib",
                                                     "/usr/lib/x86_64-linux-gnu",
                                                     "/usr/lib/aarch64-linux-gnu",
                                                     "/usr/lib"};
  for (const auto& folder : folders) {
    std::error_code error;
    std::string found;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("libonnxruntime.so") && ::strverscmp(entry.path().c_str(), found.c_str()) > 0)
        found = entry.path().string();
    }
    if (!found.empty()) return found;
  }
  return (folders.front() / "libonnxruntime.so").string();  // what an error then names
}

std::string find_vad_model(const Surroundings& surroundings) {
  static constexpr std::string_view name = "silero_vad_16k_sequence.onnx";
  for (const std::string_view relative : {"../deps/vad", "../share/soundbite/vad"}) {
    std::error_code error;
    const auto file = beside(surroundings, relative) / name;
    if (std::filesystem::exists(file, error)) return file.string();
  }
  return beside(surroundings, "../deps/vad").string() + "/" + std::string(name);  // what an error then names
}

}  // namespace

std::string Setting::flag() const { return "--" + std::string(name); }

std::string Setting::variable() const {
  std::string out = "SOUNDBITE_" + with_underscores(name);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string Setting::key() const { return with_underscores(name); }

std::span<const Setting> all_settings() { return table(); }

const Setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(table(), name, &Setting::name);
  return found == table().end() ? nullptr : &*found;
}

Result<void> assign(Config& config, const Setting& setting, std::span<const std::string> written) {
  if (written.empty()) return fail(ErrorCode::invalid, "write " + std::string(setting.placeholder));
  return std::visit(Assign{config, setting, written}, setting.field);
}

std::string written_form(const Config& config, const Setting& setting) {
  return std::visit(Write{config, setting}, setting.field);
}

void find_defaults(Config& config, const Surroundings& surroundings, const std::vector<bool>& is_set) {
  const auto open = [&](std::string_view name) {
    return !is_set[static_cast<std::size_t>(find_setting(name) - table().data())];
  };
  if (open("voices-dir")) config.voices_dirs = find_voices_dirs(surroundings);
  if (open("workers")) config.workers = std::max(1U, std::thread::hardware_concurrency());
  if (open("log-format")) config.log_format = config.environment == "development" ? LogFormat::text : LogFormat::json;
  if (open("onnxruntime")) config.onnxruntime = find_onnxruntime(surroundings);
  if (open("vad-model")) config.vad_model = find_vad_model(surroundings);
  if (open("media-program")) config.media_program = beside(surroundings, "soundbite-media").string();
}

}  // namespace soundbite
