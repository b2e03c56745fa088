#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "base/time.h"

namespace soundbite {

namespace {

bool plain(std::string_view value) {
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
  }
  return !value.empty();
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
    case LogLevel::off: break;
  }
  return "off";
}

}  // namespace

std::string format_log_fields(LogFormat format, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line;
  if (format == LogFormat::json) {
    line += "\"event\":" + quote_json(event);
    for (const auto& field : fields) {
      line += ',' + quote_json(field.key) + ':' + (field.bare ? field.value : quote_json(field.value));
    }
    return line;
  }
  line += event;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += plain(field.value) ? field.value : quote_json(field.value);
  }
  return line;
}

Log::Log(LogFormat format, LogLevel level)
    : format_(format),
      level_(level),
      out_(std::make_shared<spdlog::logger>("soundbite", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  out_->set_pattern("%v");
  out_->set_level(spdlog::level::trace);
}

Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  const std::string now = format_rfc3339(SystemClock().now());
  const std::string body = format_log_fields(format_, event, fields);
  if (format_ == LogFormat::json) {
    out_->info("{{\"time\":\"{}\",\"level\":\"{}\",{}}}", now, level_name(level), body);
  } else {
    out_->info("{} {:<5} {}", now, level_name(level), body);
  }
}

}  // namespace soundbite
