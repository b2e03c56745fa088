#include "sandbox/child_encode.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

namespace soundbite {

ChildEncode::~ChildEncode() {
  if (!frames_ && !failure_) kill();
}

Result<void> ChildEncode::write(std::span<const float> samples) {
  if (killed_ || failure_) return std::unexpected(failure());
  active_at_ = std::chrono::steady_clock::now();
  auto bytes = std::as_bytes(samples);
  while (!bytes.empty()) {
    const ssize_t n = ::send(parts_.samples.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
      active_at_ = std::chrono::steady_clock::now();
    } else if (errno == EAGAIN) {
      if (auto ready = wait(true); !ready) return ready;
    } else if (errno != EINTR) {
      return std::unexpected(failure());  // it no longer reads
    }
  }
  return {};
}

Result<MediaReport> ChildEncode::finish() {
  if (killed_ || failure_) return std::unexpected(failure());
  if (!frames_) {
    active_at_ = std::chrono::steady_clock::now();
    ::shutdown(parts_.samples.fd(), SHUT_WR);
    while (!frames_) {
      if (auto ready = wait(false); !ready) return std::unexpected(std::move(ready.error()));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started_at_;
    parts_.metrics.encode_seconds.Add({{"format", std::string(traits_of(parts_.plan.format).name)}}, latency_buckets())
        .Observe(took.count());
  }
  return MediaReport{.sample_rate = parts_.plan.sample_rate,
                     .channels = parts_.plan.channels,
                     .frames = *frames_,
                     .duration_s = static_cast<double>(*frames_) / parts_.plan.sample_rate};
}

void ChildEncode::kill() {
  killed_ = true;
  parts_.child.exit->expect(ExitReason::cancelled);
  parts_.link->kill(parts_.child.job);
  ::shutdown(parts_.samples.fd(), SHUT_RDWR);  // wakes a write() that waits
}

Result<void> ChildEncode::wait(bool for_room) {
  std::array<pollfd, 2> events = {pollfd{.fd = parts_.status.fd(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = for_room ? parts_.samples.fd() : -1, .events = POLLOUT, .revents = 0}};
  const auto idle = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - active_at_);
  const auto left = std::max(parts_.idle_limit - idle, Milliseconds{0});
  const int count = ::poll(events.data(), events.size(), static_cast<int>(left.count()));
  if (count == 0) {
    hung_ = true;
    parts_.child.exit->expect(ExitReason::hung);
    parts_.link->kill(parts_.child.job);
    return std::unexpected(failure());
  }
  if (events[0].revents) read_status();
  if (killed_ || reported_ || (status_closed_ && !frames_)) return std::unexpected(failure());
  return {};
}

void ChildEncode::read_status() {
  for (;;) {
    wire::Status status;
    const ssize_t n = ::read(parts_.status.fd(), &status, sizeof status);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n != sizeof status || status.magic != wire::magic) {
      status_closed_ = true;  // gone, or nonsense
      return;
    }
    hear(status);
  }
}

// Nothing said here is trusted to be well-formed.
void ChildEncode::hear(const wire::Status& status) {
  active_at_ = std::chrono::steady_clock::now();
  if (status.kind == wire::StatusKind::done) frames_ = status.frames;
  if (status.kind != wire::StatusKind::error) return;
  const bool known = status.error <= static_cast<std::uint32_t>(ErrorCode::internal);
  std::string message(status.message.data(), std::min<std::size_t>(status.message_size, status.message.size()));
  std::ranges::replace_if(message, [](char c) { return c < ' ' || c > '~'; }, '?');
  reported_ = Error{known ? static_cast<ErrorCode>(status.error) : ErrorCode::internal, std::move(message), {}};
}

Error ChildEncode::failure() {
  if (killed_) return error_of(ExitReason::cancelled, 0);
  if (!failure_) failure_ = find_failure();
  return *failure_;
}

Error ChildEncode::find_failure() {
  if (hung_) return error_of(ExitReason::hung, 0);
  read_status();  // its last words may have come just before its end
  if (reported_) return *reported_;
  const auto ended = parts_.child.exit->wait(parts_.idle_limit);
  if (!ended) return {ErrorCode::unavailable, "soundbite-media does not say what became of its child", {}};
  return error_of(ended->reason, ended->detail);
}

}  // namespace soundbite
