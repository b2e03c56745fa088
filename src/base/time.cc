#include "base/time.h"

#include <array>
#include <cctype>
#include <cstdio>

namespace soundbite {

namespace {

// Reads exactly `digits` decimal digits at `at`; -1 when they are not there.
int read_digits(std::string_view text, std::size_t& at, int digits) {
  int value = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    if (at >= text.size() || text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

// RFC 3339 allows its letters in either case.
bool read_char(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || std::toupper(static_cast<unsigned char>(text[at])) != c) return false;
  ++at;
  return true;
}

}  // namespace

std::string format_rfc3339(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 40> buffer{};
  const int n =
      std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                    unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                    int(clock.minutes().count()), int(clock.seconds().count()), int(clock.subseconds().count()));
  return {buffer.data(), static_cast<std::size_t>(n)};
}

std::optional<Time> parse_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const int year = read_digits(text, at, 4);
  if (year < 0 || !read_char(text, at, '-')) return std::nullopt;
  const int month = read_digits(text, at, 2);
  if (month < 0 || !read_char(text, at, '-')) return std::nullopt;
  const int day = read_digits(text, at, 2);
  if (day < 0 || !read_char(text, at, 'T')) return std::nullopt;
  const int hour = read_digits(text, at, 2);
  if (hour < 0 || hour > 23 || !read_char(text, at, ':')) return std::nullopt;
  const int minute = read_digits(text, at, 2);
  if (minute < 0 || minute > 59 || !read_char(text, at, ':')) return std::nullopt;
  const int second = read_digits(text, at, 2);
  if (second < 0 || second > 60) return std::nullopt;
  int millis = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    const std::size_t first = at;
    for (int scale = 100; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      millis += (text[at] - '0') * scale;
    }
    if (at == first) return std::nullopt;
  }
  int offset_minutes = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int sign = text[at++] == '+' ? 1 : -1;
    const int oh = read_digits(text, at, 2);
    if (oh < 0 || oh > 23 || !read_char(text, at, ':')) return std::nullopt;
    const int om = read_digits(text, at, 2);
    if (om < 0 || om > 59) return std::nullopt;
    offset_minutes = sign * (oh * 60 + om);
  } else if (!read_char(text, at, 'Z')) {
    return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute - offset_minutes) +
         Seconds(second) + Milliseconds(millis);
}

}  // namespace soundbite
