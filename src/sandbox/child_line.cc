#include "sandbox/child_line.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace soundbite {
namespace {

constexpr std::size_t speech_piece = 16'384;  // samples
constexpr Seconds exit_limit{2};              // from the last word to the end; nothing is left to do by then

}  // namespace

ChildLine::~ChildLine() {
  if (!last_value_ && !failure_) kill();
}

Result<void> ChildLine::write(std::span<const float> samples) {
  if (killed_ || failure_) return std::unexpected(failure());
  active_at_ = std::chrono::steady_clock::now();
  auto bytes = std::as_bytes(samples);
  while (!bytes.empty()) {
    const ssize_t n = ::send(parts_.samples.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      active_at_ = std::chrono::steady_clock::now();
    } else if (errno == EAGAIN) {
      if (auto ready = wait(true, SteadyTime::max()); !ready) return ready;
    } else if (errno != EINTR) {
      return std::unexpected(failure());  // it no longer reads
    }
  }
  return {};
}

Result<std::uint64_t> ChildLine::finish(Milliseconds limit) {
  if (killed_ || failure_) return std::unexpected(failure());
  if (last_value_) return *last_value_;
  active_at_ = std::chrono::steady_clock::now();
  if (parts_.samples) ::shutdown(parts_.samples.fd(), SHUT_WR);
  const SteadyTime until = active_at_ + limit;
  while (!last_value_) {
    if (auto ready = wait(false, until); !ready) return std::unexpected(std::move(ready.error()));
  }
  // It said its last word after the last of its speech, which may still lie in the socket.
  while (!refused_ && read_speech()) {
  }
  if (refused_) return std::unexpected(failure());
  return *last_value_;
}

Result<void> ChildLine::await_exit() {
  auto ended = parts_.child.exit->wait(exit_limit);
  if (!ended) {
    end(ExitReason::hung);
    ended = parts_.child.exit->wait(exit_limit);
  }
  if (ended && (ended->reason == ExitReason::ok || ended->reason == ExitReason::failed)) return {};
  last_value_.reset();
  return std::unexpected(failure());
}

void ChildLine::kill() {
  killed_ = true;
  end(ExitReason::cancelled);
  if (parts_.samples) ::shutdown(parts_.samples.fd(), SHUT_RDWR);  // wakes a write() that waits
}

Milliseconds ChildLine::age() const {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started_at_);
}

void ChildLine::end(ExitReason why) {
  parts_.child.exit->expect(why);
  parts_.link->kill(parts_.child.job);
}

Result<void> ChildLine::wait(bool for_room, SteadyTime until) {
  std::array<pollfd, 3> events = {pollfd{.fd = parts_.status.fd(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = parts_.speech.fd(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = for_room ? parts_.samples.fd() : -1, .events = POLLOUT, .revents = 0}};
  const auto limit = std::min(active_at_ + parts_.idle_limit, until);
  const auto left = std::chrono::ceil<Milliseconds>(limit - std::chrono::steady_clock::now());
  const int count =
      ::poll(events.data(), events.size(), static_cast<int>(std::max(left.count(), Milliseconds::rep{0})));
  if (count == 0) {
    hung_ = true;
    end(ExitReason::hung);
    return std::unexpected(failure());
  }
  // Speech before status: a child that is gone has said what it had to say.
  if (events[1].revents) read_speech();
  if (events[0].revents) read_status();
  if (killed_ || refused_ || reported_ || (status_closed_ && !last_value_)) return std::unexpected(failure());
  return {};
}

void ChildLine::read_status() {
  for (;;) {
    wire::Status status;
    const ssize_t n = ::read(parts_.status.fd(), &status, sizeof status);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      status_closed_ = true;
      return;
    }
    if (n != sizeof status || status.magic != wire::magic) return distrust();
    hear(status);
    if (last_value_ || reported_ || refused_) return;
  }
}

void ChildLine::hear(const wire::Status& status) {
  active_at_ = std::chrono::steady_clock::now();
  switch (status.kind) {
    case wire::StatusKind::confined: return;
    case wire::StatusKind::progress:
      if (parts_.on_progress) parts_.on_progress(status.value);
      return;
    case wire::StatusKind::done: last_value_ = status.value; return;
    case wire::StatusKind::error: break;
    default: return distrust();
  }
  const bool known = status.error <= static_cast<std::uint32_t>(ErrorCode::internal);
  std::string message(status.message.data(), std::min<std::size_t>(status.message_size, status.message.size()));
  std::ranges::replace_if(message, [](char c) { return c < ' ' || c > '~'; }, '?');
  reported_ = Error{known ? static_cast<ErrorCode>(status.error) : ErrorCode::internal, std::move(message), {}};
}

// It does what no child of ours does, so it is one no more.
void ChildLine::distrust() {
  refused_ = parts_.on_exit(ExitReason::sandbox_violation, 0);
  end(ExitReason::sandbox_violation);
}

bool ChildLine::read_speech() {
  if (!parts_.speech) return false;
  speech_.resize(speech_piece);
  const auto room = std::as_writable_bytes(std::span(speech_)).subspan(speech_rest_);
  const ssize_t n = ::recv(parts_.speech.fd(), room.data(), room.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return errno == EINTR;
  if (n <= 0) {
    parts_.speech.close();
    return false;
  }
  take_speech(std::as_bytes(std::span(speech_)).first(speech_rest_ + static_cast<std::size_t>(n)));
  // Whoever listens may have taken his time.
  active_at_ = std::chrono::steady_clock::now();
  return true;
}

void ChildLine::take_speech(std::span<const std::byte> bytes) {
  const auto samples = std::span(speech_).first(bytes.size() / sizeof(float));
  for (float& sample : samples) sample = std::isnan(sample) ? 0.0F : std::clamp(sample, -1.0F, 1.0F);
  speech_heard_ += samples.size();
  if (speech_heard_ > parts_.max_speech_samples) {
    distrust();
  } else if (auto heard = parts_.on_speech(samples); !heard) {
    refused_ = std::move(heard.error());
    end(ExitReason::cancelled);
  }
  speech_rest_ = bytes.size() % sizeof(float);
  std::memmove(speech_.data(), bytes.data() + samples.size_bytes(), speech_rest_);
}

Error ChildLine::failure() {
  if (killed_) return parts_.on_exit(ExitReason::cancelled, 0);
  if (!failure_) failure_ = find_failure();
  return *failure_;
}

Error ChildLine::find_failure() {
  if (refused_) return *refused_;
  if (hung_) return parts_.on_exit(ExitReason::hung, 0);
  read_status();  // its last words may have come just before its end
  if (reported_) return *reported_;
  if (refused_) return *refused_;
  const auto ended = parts_.child.exit->wait(parts_.idle_limit);
  if (ended) return parts_.on_exit(ended->reason, ended->detail);
  end(ExitReason::hung);  // it closed its end and lives on
  return parts_.on_exit(ExitReason::hung, 0);
}

}  // namespace soundbite
