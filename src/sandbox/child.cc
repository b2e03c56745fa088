#include "sandbox/child.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <new>
#include <string>

#include "job/media_task_json.h"

namespace soundbite {
namespace {

constexpr std::chrono::milliseconds progress_interval{250};
constexpr std::uint64_t max_task_bytes = std::uint64_t{4} << 20;

// For the child's one thread.
class StatusPipe {
 public:
  explicit StatusPipe(const File& pipe) : fd_(pipe.fd()) { ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK); }

  // Dropped when the pipe is full: then there is plenty to read already.
  void progress(std::uint64_t value) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_progress_) return;
    next_progress_ = now + progress_interval;
    const wire::Status status{.kind = wire::StatusKind::progress, .value = value};
    std::ignore = ::write(fd_, &status, sizeof status);
  }

  // Waits for room.
  void say(const wire::Status& status) {
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

// A bug of ours becomes an error. Want of memory is told by the exit alone: there is none to put words in.
template <class Work>
std::invoke_result_t<Work> attempt(Work work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    ::_exit(wire::exit_memory_limit);
  } catch (const std::exception& e) {
    return fail(ErrorCode::internal, e.what());
  }
}

int run(const EncodeTask& task, const ChildWork& work, StatusPipe& pipe) {
  const auto frames = attempt([&] { return work.encode(task, [&](std::uint64_t made) { pipe.progress(made); }); });
  pipe.say(frames ? wire::Status{.kind = wire::StatusKind::done, .value = *frames} : describe(frames.error()));
  return frames ? wire::exit_done : wire::exit_error;
}

Result<MediaTask> read_task(const File& file) {
  const auto size = file.size();
  if (!size || *size > max_task_bytes) return fail(ErrorCode::internal, "the task is no file of a sane size");
  std::string text(*size, '\0');
  const auto read = file.read_at(std::as_writable_bytes(std::span(text)), 0);
  if (!read || *read != *size) return fail(ErrorCode::internal, "the task cannot be read");
  return parse_media_task(text);
}

int run(const ProcessTask& files, const ChildWork& work, StatusPipe& pipe) {
  const auto on_progress = [&](double done) {
    pipe.progress(static_cast<std::uint64_t>(std::clamp(done, 0.0, 1.0) * 1e6));
  };
  const auto outcome = attempt([&]() -> Result<MediaOutcome> {
    const auto task = read_task(files.task);
    if (!task) return std::unexpected(task.error());
    return work.process(*task, files, on_progress);
  });
  std::string report = to_json(outcome);
  if (report.size() > wire::max_report_bytes) {
    report = to_json(Result<MediaOutcome>(fail(ErrorCode::internal, "the report is too long")));
  }
  std::ignore = files.report.write_all(std::as_bytes(std::span(report)));
  pipe.say({.kind = wire::StatusKind::done, .value = report.size()});
  return outcome ? wire::exit_done : wire::exit_error;
}

std::vector<int> descriptors_of(const ChildTask& task) {
  std::vector<int> fds = {task.status.fd()};
  if (const auto* encode = std::get_if<EncodeTask>(&task.work)) {
    fds.insert(fds.end(), {encode->samples.fd(), encode->output.fd()});
  } else if (const auto* process = std::get_if<ProcessTask>(&task.work)) {
    fds.insert(fds.end(), {process->task.fd(), process->report.fd()});
    for (const File& file : process->roles) {
      if (file) fds.push_back(file.fd());
    }
    for (const File& file : process->inputs) fds.push_back(file.fd());
  }
  return fds;
}

}  // namespace

void run_child(const ChildTask& task, const ChildWork& work, const Confinement& confinement) {
  const LayerSet held = confinement.enter(task.limits, descriptors_of(task));
  if (!held.has_all(task.required)) ::_exit(wire::exit_unconfined);
  StatusPipe pipe(task.status);
  pipe.say({.kind = wire::StatusKind::confined, .value = held.bits()});
  ::_exit(std::visit([&](const auto& what) { return run(what, work, pipe); }, task.work));
}

}  // namespace soundbite
