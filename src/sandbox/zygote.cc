#include "sandbox/zygote.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <optional>

#include "sandbox/channel.h"
#include "sandbox/wire.h"

namespace soundbite {
namespace {

// Nullopt for anything that our own server would not send.
std::optional<OutputPlan> parse_plan(const wire::Request& request) {
  if (request.input_rate < min_source_rate || request.input_rate > max_source_rate) return std::nullopt;
  if (request.format >= all_formats().size()) return std::nullopt;
  const OutputPlan plan{.format = static_cast<Format>(request.format),
                        .sample_rate = request.sample_rate,
                        .channels = request.channels,
                        .bitrate = request.bitrate};
  if (!is_possible(plan)) return std::nullopt;
  return plan;
}

class Zygote {
 public:
  Zygote(File channel, const ChildWork& work) : channel_(std::move(channel)), work_(work), pid_(::getpid()) {
    // A service manager may tell every process of the service to stop. Ours stops when its server has no more work for
    // it, and that is when the channel closes.
    for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP}) ::signal(number, SIG_IGN);
    sigset_t ended;
    ::sigemptyset(&ended);
    ::sigaddset(&ended, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &ended, nullptr);
    ended_ = File(::signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK));
  }

  int run() {
    notify({.kind = wire::NoticeKind::ready});
    while (open_) {
      std::array<pollfd, 2> events = {pollfd{.fd = channel_.fd(), .events = POLLIN, .revents = 0},
                                      pollfd{.fd = ended_.fd(), .events = POLLIN, .revents = 0}};
      if (::poll(events.data(), events.size(), -1) <= 0) continue;
      if (events[1].revents) reap();
      if (events[0].revents) serve();
    }
    for (const auto& [job, pid] : children_) ::kill(pid, SIGKILL);
    return 0;
  }

 private:
  void serve() {
    wire::Request request;
    auto received = receive_message(channel_, std::as_writable_bytes(std::span(&request, 1)));
    if (!received || received->size != sizeof request || request.magic != wire::magic) {
      open_ = false;  // closed, or not a server of ours
      return;
    }
    switch (request.kind) {
      case wire::RequestKind::encode: start(request, std::move(received->fds)); return;
      case wire::RequestKind::kill:
        if (const auto child = children_.find(request.job); child != children_.end()) ::kill(child->second, SIGKILL);
        return;
    }
    open_ = false;
  }

  void start(const wire::Request& request, std::vector<File> fds) {
    const auto plan = parse_plan(request);
    if (!plan || fds.size() != wire::encode_descriptors) {
      notify({.kind = wire::NoticeKind::not_started, .job = request.job, .status = EINVAL});
      return;
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
      channel_.close();
      ended_.close();
      const ChildTask task{request.input_rate, *plan, std::move(fds[0]), std::move(fds[1])};
      run_child(task, fds[2], work_, pid_);
    }
    if (pid < 0) {
      notify({.kind = wire::NoticeKind::not_started, .job = request.job, .status = errno});
    } else {
      children_.emplace(request.job, pid);
    }
  }

  void reap() {
    signalfd_siginfo info;
    while (::read(ended_.fd(), &info, sizeof info) > 0) {
    }
    int status = 0;
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      const auto child = std::ranges::find(children_, pid, [](const auto& entry) { return entry.second; });
      if (child == children_.end()) continue;
      notify({.kind = wire::NoticeKind::exited, .job = child->first, .status = status});
      children_.erase(child);
    }
  }

  void notify(const wire::Notice& notice) {
    if (!send_message(channel_, std::as_bytes(std::span(&notice, 1)))) open_ = false;
  }

  File channel_;
  const ChildWork& work_;
  const int pid_;
  File ended_;  // readable when a child has ended
  std::map<std::uint64_t, pid_t> children_;
  bool open_ = true;
};

}  // namespace

int run_zygote(File channel, const ChildWork& work) { return Zygote(std::move(channel), work).run(); }

}  // namespace soundbite
