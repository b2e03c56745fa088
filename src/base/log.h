// Structured log lines: an event name and fields. Values are escaped; never pass text, secrets or presigned queries.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace spdlog {
class logger;
}

namespace soundbite {

struct LogField {
  std::string_view key;
  std::string value;
  bool bare = false;  // stands in JSON without quotes

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  template <std::same_as<bool> B>
  LogField(std::string_view k, B v) : key(k), value(v ? "true" : "false"), bare(true) {}
  template <class N>
    requires(std::integral<N> && !std::same_as<N, bool>)
  LogField(std::string_view k, N v) : key(k), value(std::to_string(v)), bare(true) {}
  LogField(std::string_view k, double v) : key(k), value(std::to_string(v)), bare(std::isfinite(v)) {}
};

enum class LogFormat { text, json };
enum class LogLevel { debug, info, warn, error, off };

// Thread-safe. One line per call, to standard error.
class Log {
 public:
  Log(LogFormat format, LogLevel level);
  ~Log();

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }
  bool enabled(LogLevel level) const { return level >= level_; }

 private:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

  LogFormat format_;
  LogLevel level_;
  std::shared_ptr<spdlog::logger> out_;
};

// One line as `format` prints it, without time and level: for tests and for Log.
std::string format_log_fields(LogFormat format, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace soundbite
