#include "sandbox/zygote.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <iterator>
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

// Takes the descriptors apart. Nullopt for anything that our own server would not send.
std::optional<ChildTask> parse_encode(const wire::Request& request, std::vector<File> fds) {
  const auto plan = parse_plan(request);
  if (!plan || fds.size() != wire::encode_descriptors) return std::nullopt;
  return ChildTask{.limits = {},
                   .required = {},
                   .status = std::move(fds[0]),
                   .work = EncodeTask{request.input_rate, *plan, std::move(fds[1]), std::move(fds[2])}};
}

std::optional<ChildTask> parse_process(const wire::Request& request, std::vector<File> fds) {
  const auto roles = static_cast<std::size_t>(std::popcount(request.roles));
  if (request.roles >> wire::role_count || fds.size() < wire::process_descriptors + roles) return std::nullopt;
  ProcessTask process{.task = std::move(fds[1]), .report = std::move(fds[2]), .roles = {}, .inputs = {}};
  auto next = fds.begin() + wire::process_descriptors;
  for (std::uint32_t i = 0; i < wire::role_count; ++i) {
    if (request.roles & wire::bit(static_cast<wire::Role>(i))) process.roles[i] = std::move(*next++);
  }
  process.inputs.assign(std::move_iterator(next), std::move_iterator(fds.end()));
  return ChildTask{.limits = {}, .required = {}, .status = std::move(fds[0]), .work = std::move(process)};
}

class Zygote {
 public:
  Zygote(File channel, const ChildWork& work, LayerSet withheld)
      : channel_(std::move(channel)), work_(work), confinement_(withheld) {
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
    held_ = confinement_.probe();
    notify({.kind = wire::NoticeKind::ready, .status = static_cast<std::int32_t>(held_.bits())});
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
      case wire::RequestKind::encode: start(request, parse_encode(request, std::move(received->fds))); return;
      case wire::RequestKind::process: start(request, parse_process(request, std::move(received->fds))); return;
      case wire::RequestKind::kill:
        if (const auto child = children_.find(request.job); child != children_.end()) ::kill(child->second, SIGKILL);
        return;
      case wire::RequestKind::begin: break;
    }
    open_ = false;
  }

  void start(const wire::Request& request, std::optional<ChildTask> task) {
    if (!task) {
      notify({.kind = wire::NoticeKind::not_started, .job = request.job, .status = EINVAL});
      return;
    }
    const pid_t pid = confinement_.fork();
    if (pid == 0) {
      task->limits = {request.file_bytes, request.memory_bytes, request.cpu_seconds};
      // What the first child was held by holds all: one that finds itself with less has met a fault, and stops.
      task->required = LayerSet(request.layers).with(held_);
      run_child(*task, work_, confinement_);
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
  const Confinement confinement_;
  LayerSet held_;
  File ended_;  // readable when a child has ended
  std::map<std::uint64_t, pid_t> children_;
  bool open_ = true;
};

}  // namespace

int run_zygote(File channel, const ChildWork& work) {
  wire::Request request;
  const auto received = receive_message(channel, std::as_writable_bytes(std::span(&request, 1)));
  const bool begins = received && received->size == sizeof request && request.magic == wire::magic &&
                      request.kind == wire::RequestKind::begin;
  if (!begins) return 1;
  return Zygote(std::move(channel), work, LayerSet(request.layers)).run();
}

}  // namespace soundbite
