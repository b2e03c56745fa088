// Wall-clock times for records, a steady deadline for calls.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace soundbite {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

// A moment in UTC, as records keep it.
using Time = std::chrono::sys_time<Milliseconds>;

// "2026-01-02T03:04:05.678Z".
std::string format_rfc3339(Time time);
// RFC 3339 with any number of fraction digits (cut to milliseconds) and Z or a numeric offset.
std::optional<Time> parse_rfc3339(std::string_view text);

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }
};

// Stands still until told: for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override { return now_.load(); }
  void advance(Milliseconds by) { now_ = now_.load() + by; }
  void set(Time to) { now_ = to; }

 private:
  std::atomic<Time> now_;
};

// The moment by which a call must have answered. Steady: a change of the wall clock does not move it.
class Deadline {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  static Deadline in(std::chrono::steady_clock::duration duration) {
    return Deadline(std::chrono::steady_clock::now() + duration);
  }
  static Deadline never() { return Deadline(SteadyTime::max()); }

  SteadyTime at() const { return at_; }
  bool passed() const { return at_ != SteadyTime::max() && std::chrono::steady_clock::now() >= at_; }
  // Zero when passed.
  std::chrono::steady_clock::duration left() const {
    if (at_ == SteadyTime::max()) return SteadyTime::duration::max();
    const auto now = std::chrono::steady_clock::now();
    return now >= at_ ? SteadyTime::duration::zero() : at_ - now;
  }

 private:
  explicit Deadline(SteadyTime at) : at_(at) {}
  SteadyTime at_;
};

}  // namespace soundbite
