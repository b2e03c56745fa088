// Every setting of the product, in one table: flags, SOUNDBITE_ variables, keys of the TOML file, help, defaults and
// docs/configuration.md all come from it (a test compares the last).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/surroundings.h"
#include "base/error.h"
#include "base/log.h"
#include "base/time.h"

namespace soundbite {

struct ListenAddress {
  std::string host;  // an address without brackets
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

struct Bytes {
  std::uint64_t count = 0;
  bool operator==(const Bytes&) const = default;
};

// The values in force. Defaults are in the table, not here.
struct Config {
  ListenAddress listen;
  std::string public_url;
  std::string environment;
  std::string auth;
  std::string rate_limit;
  std::string store;
  std::string data_dir;
  Bytes disk_reserve;
  std::uint64_t queue_limit = 0;
  Milliseconds retention{};
  std::uint64_t workers = 0;
  Milliseconds lease{};
  std::uint64_t max_attempts = 0;
  Milliseconds grace{};
  std::vector<std::string> voices_dirs;
  std::string default_voice;
  std::uint64_t max_text = 0;
  Bytes max_file;
  Milliseconds max_audio{};
  Milliseconds file_retention{};
  Milliseconds upload_retention{};
  std::string url_allow;
  std::uint64_t max_connections = 0;
  Milliseconds header_timeout{};
  Milliseconds request_timeout{};
  Milliseconds idle_timeout{};
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::string onnxruntime;
  std::string vad_model;
  std::string media_program;
  std::string sandbox;
};

// Where a value is kept; its type says how it is written.
using Field = std::variant<std::string Config::*, std::vector<std::string> Config::*, std::uint64_t Config::*,
                           Milliseconds Config::*, Bytes Config::*, ListenAddress Config::*, LogLevel Config::*,
                           LogFormat Config::*>;

struct Setting {
  std::string_view name;         // "data-dir": --data-dir, SOUNDBITE_DATA_DIR, data_dir
  std::string_view placeholder;  // "DIR"
  Field field;
  std::string_view fallback;       // the default as written; empty: found out at the start
  std::string_view fallback_note;  // then: how, in words
  std::string_view help;
  std::vector<std::string_view> choices = {};  // in the order of the enumeration, where there is one
  std::uint64_t min = 0;                       // counts; bytes; milliseconds
  std::uint64_t max = UINT64_MAX;

  std::string flag() const;      // "--data-dir"
  std::string variable() const;  // "SOUNDBITE_DATA_DIR"
  std::string key() const;       // "data_dir"
  bool repeatable() const { return std::holds_alternative<std::vector<std::string> Config::*>(field); }
  std::string_view default_text() const { return fallback.empty() ? fallback_note : fallback; }
};

std::span<const Setting> all_settings();
// Null when there is none of that name.
const Setting* find_setting(std::string_view name);

// Reads `written` into the setting's field. Errors: invalid, the message says what may be written.
Result<void> assign(Config& config, const Setting& setting, std::span<const std::string> written);

// The value as one would write it.
std::string written_form(const Config& config, const Setting& setting);

// Values for the settings whose default is found out at the start and that `is_set` denies.
void find_defaults(Config& config, const Surroundings& surroundings, const std::vector<bool>& is_set);

}  // namespace soundbite
