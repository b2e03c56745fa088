// A zygote for tests: what its children do is chosen by the task.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

#include "sandbox/testing/misbehaviour.h"
#include "sandbox/wire.h"
#include "sandbox/zygote.h"

namespace {

using namespace soundbite;

// What a task of either kind gives its child.
struct Means {
  int samples = -1;
  const File* output = nullptr;
  int input = -1;
  int report = -1;
  int speech = -1;
  std::function<void()> on_progress;
};

[[noreturn]] void stand_still() {
  for (;;) ::poll(nullptr, 0, -1);
}

std::uint64_t swallow(int samples) {
  std::array<char, 65'536> block{};
  std::uint64_t bytes = 0;
  for (ssize_t n; (n = ::read(samples, block.data(), block.size())) > 0;) bytes += static_cast<std::uint64_t>(n);
  return bytes / sizeof(float);
}

// The pid, open descriptors, niceness, limits and environment of the child, as text.
std::string describe_self() {
  std::string text = std::to_string(::getpid()) + " fds";
  for (int fd = 0; fd < 256; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) text += ' ' + std::to_string(fd);
  }
  rlimit core{}, files{};
  ::getrlimit(RLIMIT_CORE, &core);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return text + " nice " + std::to_string(::getpriority(PRIO_PROCESS, 0)) + " core " + std::to_string(core.rlim_max) +
         " nofile " + std::to_string(files.rlim_max) + (environ && *environ ? " environment" : "");
}

// The one pipe that a child may write to and that does not block.
int status_pipe() {
  for (int fd = STDERR_FILENO + 1; fd < 256; ++fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY && (flags & O_NONBLOCK)) return fd;
  }
  return -1;
}

void say(wire::StatusKind kind, std::uint64_t value) {
  const wire::Status status{.kind = kind, .value = value};
  std::ignore = ::write(status_pipe(), &status, sizeof status);
}

void write_floats(int fd, const std::vector<float>& samples, std::size_t bytes_short = 0) {
  auto bytes = std::as_bytes(std::span(samples)).first(samples.size() * sizeof(float) - bytes_short);
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void break_out(Misbehaviour what) {
  const char* const nothing[] = {nullptr};
  switch (what) {
    case Misbehaviour::open_file: ::open("/etc/passwd", O_RDONLY); break;
    case Misbehaviour::open_socket: ::socket(AF_INET, SOCK_STREAM, 0); break;
    case Misbehaviour::fork: ::fork(); break;
    case Misbehaviour::exec:
      ::execve("/bin/true", const_cast<char* const*>(nothing), const_cast<char* const*>(nothing));
      break;
    case Misbehaviour::map_code:
      ::mmap(nullptr, 4'096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      break;
    case Misbehaviour::signal_others: ::kill(::getppid(), 0); break;
    default: break;
  }
}

void take_too_much(Misbehaviour what, const Means& means) {
  std::vector<std::byte> block(1 << 20);
  switch (what) {
    case Misbehaviour::overfill_output:
      for (;;) {
        if (!means.output->write_all(block)) stand_still();
      }
    case Misbehaviour::eat_memory:
      for (std::vector<std::unique_ptr<std::byte[]>> all;;) {
        all.push_back(std::make_unique_for_overwrite<std::byte[]>(std::size_t{64} << 20));  // touched by nobody
      }
    case Misbehaviour::spin:
      for (volatile std::uint64_t i = 0;; i = i + 1) {
      }
    default: break;
  }
}

void lie(Misbehaviour what, const Means& means) {
  switch (what) {
    case Misbehaviour::garble_status: std::ignore = ::write(status_pipe(), "nonsense", 8); stand_still();
    case Misbehaviour::invent_status: say(static_cast<wire::StatusKind>(77), 0); stand_still();
    case Misbehaviour::close_status: ::close(status_pipe()); stand_still();
    case Misbehaviour::lie_about_length:
      say(wire::StatusKind::done, std::numeric_limits<std::uint64_t>::max());
      ::_exit(0);
    case Misbehaviour::garble_report:
      std::ignore = ::write(means.report, "{\"all\":\"well\"}", 14);
      say(wire::StatusKind::done, 14);
      ::_exit(0);
    case Misbehaviour::linger: say(wire::StatusKind::done, 0); stand_still();
    default: break;
  }
}

void speak(Misbehaviour what, int speech) {
  switch (what) {
    case Misbehaviour::speak: write_floats(speech, std::vector<float>(160'000, 0.25F)); break;
    case Misbehaviour::speak_wildly:
      write_floats(speech,
                   {std::numeric_limits<float>::quiet_NaN(), 7.0F, -std::numeric_limits<float>::infinity(), 0.5F}, 1);
      break;
    case Misbehaviour::flood_speech:
      for (const std::vector<float> block(65'536);;) write_floats(speech, block);
    default: break;
  }
}

Result<std::uint64_t> misbehave(Misbehaviour what, const Means& means) {
  switch (what) {
    case Misbehaviour::stop: stand_still();
    case Misbehaviour::stop_after_input: swallow(means.samples); stand_still();
    case Misbehaviour::crash:
      ::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would have its say
      *static_cast<volatile int*>(nullptr) = 1;
      break;
    case Misbehaviour::abort: std::abort();
    case Misbehaviour::exit_silently: ::_exit(0);
    case Misbehaviour::exit_oddly: ::_exit(42);
    case Misbehaviour::throw_exception: throw std::runtime_error("thrown");
    case Misbehaviour::report_error: return fail(ErrorCode::storage_full, "full\nto the brim\x7f");
    case Misbehaviour::chatter:
      for (int i = 0; i < 100; ++i) means.on_progress();
      break;
    case Misbehaviour::describe: {
      swallow(means.samples);
      const std::string text = describe_self();
      std::ignore = means.output->write_all(std::as_bytes(std::span(text)));
      return 1;
    }
    case Misbehaviour::write_to_input: {
      std::array<char, 4> some{};
      std::ignore = ::read(means.input, some.data(), some.size());
      std::ignore = ::pwrite(means.input, "overwritten", 11, 0);
      break;
    }
    default:
      break_out(what);
      take_too_much(what, means);
      lie(what, means);
      speak(what, means.speech);
  }
  return swallow(means.samples);
}

Result<std::uint64_t> encode(const EncodeTask& task, std::function<void(std::uint64_t)> on_progress) {
  return misbehave(static_cast<Misbehaviour>(task.input_rate),
                   {.samples = task.samples.fd(), .output = &task.output, .on_progress = [&] { on_progress(1); }});
}

Result<MediaOutcome> process(const MediaTask& task, const ProcessTask& files, std::function<void(double)> on_progress) {
  const int what = task.pcm_rate ? *task.pcm_rate : std::stoi(task.inputs.at(0).name);
  const auto frames =
      misbehave(static_cast<Misbehaviour>(what), {.samples = files.fd(wire::Role::pcm),
                                                  .output = &files.roles[static_cast<std::size_t>(wire::Role::audio)],
                                                  .input = files.inputs.empty() ? -1 : files.inputs[0].fd(),
                                                  .report = files.report.fd(),
                                                  .speech = files.fd(wire::Role::speech),
                                                  .on_progress = [&] { on_progress(0.5); }});
  if (!frames) return std::unexpected(frames.error());
  return MediaOutcome{.sample_rate = 8'000, .channels = 1, .frames = *frames, .duration_s = 1};
}

}  // namespace

int main() { return run_zygote(File(wire::channel_fd), {.encode = encode, .process = process}); }
