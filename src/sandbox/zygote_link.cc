#include "sandbox/zygote_link.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "sandbox/channel.h"
#include "sandbox/spawn.h"

namespace soundbite {

Result<std::shared_ptr<ZygoteLink>> ZygoteLink::start(const std::string& program, LayerSet withheld, Log& log,
                                                      MediaMetrics& metrics) {
  auto channel = make_channel();
  if (!channel) return std::unexpected(std::move(channel.error()));
  const auto pid = spawn_zygote(program, channel->theirs);
  if (!pid) return std::unexpected(pid.error());
  metrics.host_starts.Increment();
  std::shared_ptr<ZygoteLink> link(new ZygoteLink(std::move(channel->ours), *pid, log, metrics));
  const wire::Request begin{.kind = wire::RequestKind::begin, .layers = withheld.bits()};
  // Where this fails it has ended already, and the listener says so.
  std::ignore = send_message(link->channel_, std::as_bytes(std::span(&begin, 1)));
  return link;
}

ZygoteLink::ZygoteLink(File channel, pid_t pid, Log& log, MediaMetrics& metrics)
    : channel_(std::move(channel)), pid_(pid), log_(log), metrics_(metrics), listener_([this] { listen(); }) {}

ZygoteLink::~ZygoteLink() { end(); }

void ZygoteLink::end() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  dead_ = true;
  if (!reaped_) ::kill(pid_, SIGKILL);  // its children die with it
}

bool ZygoteLink::wait_until_ready(Milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return held_ || dead_; });
  return held_ && !dead_;
}

std::optional<LayerSet> ZygoteLink::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

Result<ZygoteLink::Child> ZygoteLink::launch(wire::Request request, std::span<const int> fds) {
  auto exit = std::make_shared<ChildExit>();
  {
    const std::lock_guard lock(mutex_);
    if (dead_) return fail(ErrorCode::unavailable, "soundbite-media has ended");
    request.job = ++last_job_;
    children_.emplace(request.job, exit);
  }
  if (auto sent = send_message(channel_, std::as_bytes(std::span(&request, 1)), fds); !sent) {
    const std::lock_guard lock(mutex_);
    children_.erase(request.job);
    return std::unexpected(std::move(sent.error()));
  }
  return Child{request.job, std::move(exit)};
}

void ZygoteLink::kill(std::uint64_t job) {
  const wire::Request request{.kind = wire::RequestKind::kill, .job = job};
  // Where this fails the zygote is gone, and its children with it.
  std::ignore = send_message(channel_, std::as_bytes(std::span(&request, 1)));
}

void ZygoteLink::listen() {
  for (;;) {
    wire::Notice notice;
    const auto received = receive_message(channel_, std::as_writable_bytes(std::span(&notice, 1)));
    if (!received || received->size != sizeof notice || notice.magic != wire::magic) break;
    hear(notice);
  }
  bury();
}

void ZygoteLink::hear(const wire::Notice& notice) {
  if (notice.kind == wire::NoticeKind::ready) {
    hear_of_layers(LayerSet(static_cast<std::uint32_t>(notice.status)));
    return;
  }
  std::shared_ptr<ChildExit> exit;
  {
    const std::lock_guard lock(mutex_);
    const auto child = children_.find(notice.job);
    if (child == children_.end()) return;
    exit = std::move(child->second);
    children_.erase(child);
  }
  const bool started = notice.kind == wire::NoticeKind::exited;
  settle(*exit, started ? classify(notice.status) : ExitReason::not_started, notice.status);
}

void ZygoteLink::hear_of_layers(LayerSet held) {
  const SandboxReport report = report_on(held);
  metrics_.sandbox_level.Set(static_cast<double>(report.level));
  const auto took = std::chrono::steady_clock::now() - started_at_;
  log_.debug("media_host_ready", {{"pid", pid_},
                                  {"ms", std::chrono::duration<double, std::milli>(took).count()},
                                  {"sandbox", name_of(report.level)}});
  const std::lock_guard lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

// The other end is closed, or speaks nonsense: either way nothing more can be had from it.
void ZygoteLink::bury() {
  std::map<std::uint64_t, std::shared_ptr<ChildExit>> orphans;
  int status = 0;
  bool expected = false;
  {
    const std::lock_guard lock(mutex_);
    dead_ = true;
    orphans.swap(children_);
    expected = ending_;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    changed_.notify_all();
  }
  for (const auto& [job, exit] : orphans) settle(*exit, ExitReason::host_died, status);
  if (!expected) log_.warn("media_host_died", {{"pid", pid_}, {"status", status}, {"children", orphans.size()}});
}

void ZygoteLink::settle(ChildExit& exit, ExitReason reason, int detail) {
  const ExitReason known = exit.settle(reason, detail);
  metrics_.exits.Add({{"reason", std::string(name_of(known))}}).Increment();
}

}  // namespace soundbite
