#include "sandbox/confine/confinement.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "sandbox/confine/landlock.h"
#include "sandbox/confine/namespaces.h"
#include "sandbox/wire.h"

namespace soundbite {
namespace {

constexpr int niceness = 10;           // the API keeps its answers quick while every core encodes
constexpr rlim_t max_open_files = 16;  // seccomp lets it open none; without, it can open few
constexpr std::uint32_t cpu_grace_s = 5;

// A handler and not the signal's default: what is first in its pid namespace does not hear the defaults.
void passed_a_limit(int number) { ::_exit(number == SIGXCPU ? wire::exit_cpu_limit : wire::exit_file_limit); }

void die_with(const File& zygote) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd ended{.fd = zygote.fd(), .events = POLLIN, .revents = 0};
  if (::poll(&ended, 1, 0) > 0) ::_exit(wire::exit_error);  // it did so before the line above
}

void reset_signals() {
  for (const int number : {SIGXCPU, SIGXFSZ}) ::signal(number, passed_a_limit);
  // What the zygote ignores stays ignored: SIGPIPE is an error of write() then. What it blocks is let through again.
  sigset_t nothing;
  ::sigemptyset(&nothing);
  ::sigprocmask(SIG_SETMASK, &nothing, nullptr);
}

void close_all_but(std::span<const int> keep) {
  std::vector<int> kept(keep.begin(), keep.end());
  std::ranges::sort(kept);
  unsigned from = STDERR_FILENO + 1;
  for (const int fd : kept) {
    if (static_cast<unsigned>(fd) > from) ::close_range(from, static_cast<unsigned>(fd) - 1, 0);
    from = std::max(from, static_cast<unsigned>(fd) + 1);
  }
  ::close_range(from, ~0U, 0);
}

bool drop_privileges() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::syscall(SYS_capset, &header, none.data()) == 0 &&
         ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

// By the system call's own type of resource, which the C library wraps in an enum of its own.
bool limit(decltype(RLIMIT_CORE) resource, rlim_t soft, rlim_t hard) {
  const rlimit both{.rlim_cur = soft, .rlim_max = hard};
  return ::setrlimit(resource, &both) == 0;
}

bool limit_resources(const ChildLimits& limits) {
  return limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_NOFILE, max_open_files, max_open_files) &&
         limit(RLIMIT_NPROC, 0, 0) && limit(RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes) &&
         limit(RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + cpu_grace_s);
}

}  // namespace

Confinement::Confinement(LayerSet withheld)
    : withheld_(withheld), zygote_(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0))) {
  if (!withheld.has(Layer::landlock)) ruleset_ = make_deny_all_ruleset();
  if (!withheld.has(Layer::seccomp)) filter_ = SeccompFilter::make();
  shared_ = enter_shared_namespaces(LayerSet::all().without(withheld));
  if (withheld.has(Layer::pid_namespace)) return;
  const pid_t first = fork_into_pid_namespace();
  if (first == 0) ::_exit(0);
  separate_pids_ = first > 0;
  if (separate_pids_) ::waitpid(first, nullptr, 0);
}

pid_t Confinement::fork() const { return separate_pids_ ? fork_into_pid_namespace() : ::fork(); }

LayerSet Confinement::probe() const {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  const File answer(ends[0]);
  File question(ends[1]);
  const pid_t child = fork();
  if (child == 0) {
    constexpr ChildLimits limits{.file_bytes = 0, .memory_bytes = std::uint64_t{1} << 30, .cpu_seconds = 1};
    const std::uint32_t held = enter(limits, std::array{question.fd()}).bits();
    ::_exit(::write(question.fd(), &held, sizeof held) == sizeof held ? wire::exit_done : wire::exit_error);
  }
  question.close();
  std::uint32_t held = 0;
  if (child < 0 || ::read(answer.fd(), &held, sizeof held) != sizeof held) held = 0;
  if (child > 0) ::waitpid(child, nullptr, 0);
  return LayerSet(held);
}

LayerSet Confinement::enter(const ChildLimits& limits, std::span<const int> keep) const {
  die_with(zygote_);
  ::setpriority(PRIO_PROCESS, 0, niceness);
  ::clearenv();
  reset_signals();
  if (unbearable_layers().empty()) ::dup2(STDOUT_FILENO, STDERR_FILENO);  // a sanitizer reports there
  LayerSet held = shared_;
  const auto note = [&](Layer layer, auto&& hold) {
    if (!withheld_.has(layer) && hold()) held = held.with({layer});
  };
  if (separate_pids_) held = held.with({Layer::pid_namespace});
  note(Layer::privileges, drop_privileges);
  note(Layer::landlock, [&] { return enter_landlock(ruleset_); });
  close_all_but(keep);
  note(Layer::limits, [&] { return limit_resources(limits); });
  note(Layer::memory_limit, [&] { return limit(RLIMIT_AS, limits.memory_bytes, limits.memory_bytes); });
  // Last: it forbids what came before.
  note(Layer::seccomp, [&] { return filter_.enter(); });
  return held;
}

}  // namespace soundbite
