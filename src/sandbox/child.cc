#include "sandbox/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>

#include "sandbox/wire.h"

namespace soundbite {
namespace {

constexpr int niceness = 10;           // the API keeps its answers quick while every core encodes
constexpr rlim_t max_open_files = 16;  // task, status, standard streams, and room for a library's own
constexpr std::chrono::milliseconds progress_interval{250};

// Everything a child gives up before it sees its first byte, in one place.
void drop_rights(int parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(wire::exit_error);  // the zygote died before the line above
  ::setpriority(PRIO_PROCESS, 0, niceness);
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  const rlimit files{.rlim_cur = max_open_files, .rlim_max = max_open_files};
  ::setrlimit(RLIMIT_CORE, &none);
  ::setrlimit(RLIMIT_NOFILE, &files);
  // What the zygote ignores stays ignored: SIGPIPE is an error of write() then. What it blocks is let through again.
  sigset_t nothing;
  ::sigemptyset(&nothing);
  ::sigprocmask(SIG_SETMASK, &nothing, nullptr);
}

// For the child's one thread.
class StatusPipe {
 public:
  explicit StatusPipe(const File& pipe) : fd_(pipe.fd()) { ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK); }

  // Dropped when the pipe is full: then there is plenty to read already.
  void progress(std::uint64_t frames) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_progress_) return;
    next_progress_ = now + progress_interval;
    const wire::Status status{.kind = wire::StatusKind::progress, .frames = frames};
    std::ignore = ::write(fd_, &status, sizeof status);
  }

  void last(const wire::Status& status) {
    while (::write(fd_, &status, sizeof status) < 0 && (errno == EAGAIN || errno == EINTR)) {
      pollfd room{.fd = fd_, .events = POLLOUT, .revents = 0};
      ::poll(&room, 1, -1);
    }
  }

 private:
  int fd_;
  std::chrono::steady_clock::time_point next_progress_{};
};

wire::Status describe(const Error& error) {
  wire::Status status{.kind = wire::StatusKind::error, .error = static_cast<std::uint32_t>(error.code)};
  const std::size_t size = std::min(error.message.size(), status.message.size());
  std::copy_n(error.message.begin(), size, status.message.begin());
  status.message_size = static_cast<std::uint32_t>(size);
  return status;
}

Result<std::uint64_t> attempt(const ChildTask& task, const ChildWork& work, StatusPipe& pipe) {
  try {
    return work(task, [&pipe](std::uint64_t frames) { pipe.progress(frames); });
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::unavailable, "out of memory");
  } catch (const std::exception& e) {
    return fail(ErrorCode::internal, e.what());
  }
}

}  // namespace

void run_child(const ChildTask& task, const File& status, const ChildWork& work, int parent) {
  drop_rights(parent);
  StatusPipe pipe(status);
  const auto frames = attempt(task, work, pipe);
  pipe.last(frames ? wire::Status{.kind = wire::StatusKind::done, .frames = *frames} : describe(frames.error()));
  ::_exit(frames ? wire::exit_done : wire::exit_error);
}

}  // namespace soundbite
