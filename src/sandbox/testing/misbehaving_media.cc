// A zygote for tests: what its children do is chosen by the input rate of the encode.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "sandbox/testing/misbehaviour.h"
#include "sandbox/wire.h"
#include "sandbox/zygote.h"

namespace {

using namespace soundbite;

std::uint64_t swallow(const File& samples) {
  std::array<char, 65'536> block{};
  std::uint64_t bytes = 0;
  for (ssize_t n; (n = ::read(samples.fd(), block.data(), block.size())) > 0;) bytes += static_cast<std::uint64_t>(n);
  return bytes / sizeof(float);
}

// The pid, open descriptors, niceness, and limits of the child, as text.
std::string describe_self() {
  std::string text = std::to_string(::getpid()) + " fds";
  for (int fd = 0; fd < 256; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) text += ' ' + std::to_string(fd);
  }
  rlimit core{}, files{};
  ::getrlimit(RLIMIT_CORE, &core);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return text + " nice " + std::to_string(::getpriority(PRIO_PROCESS, 0)) + " core " + std::to_string(core.rlim_max) +
         " nofile " + std::to_string(files.rlim_max);
}

Result<std::uint64_t> misbehave(const ChildTask& task, std::function<void(std::uint64_t)> on_progress) {
  switch (static_cast<Misbehaviour>(task.input_rate)) {
    case Misbehaviour::none: return swallow(task.samples);
    case Misbehaviour::stop_itself: ::raise(SIGSTOP); break;
    case Misbehaviour::stop_after_input:
      swallow(task.samples);
      ::raise(SIGSTOP);
      break;
    case Misbehaviour::crash:
      ::signal(SIGSEGV, SIG_DFL);
      ::raise(SIGSEGV);
      break;
    case Misbehaviour::abort: std::abort();
    case Misbehaviour::exceed_limit: ::raise(SIGXCPU); break;
    case Misbehaviour::exceed_file_size: ::raise(SIGXFSZ); break;
    case Misbehaviour::kill_itself: ::raise(SIGKILL); break;
    case Misbehaviour::exit_silently: ::_exit(0);
    case Misbehaviour::exit_oddly: ::_exit(42);
    case Misbehaviour::throw_exception: throw std::runtime_error("thrown");
    case Misbehaviour::report_error: return fail(ErrorCode::storage_full, "full\nto the brim\x7f");
    case Misbehaviour::kill_zygote:
      ::kill(::getppid(), SIGKILL);
      ::pause();
      break;
    case Misbehaviour::chatter:
      for (int i = 0; i < 100; ++i) on_progress(1);
      return swallow(task.samples);
    case Misbehaviour::describe: {
      swallow(task.samples);
      const std::string text = describe_self();
      std::ignore = task.output.write_all(std::as_bytes(std::span(text)));
      return 1;
    }
  }
  return swallow(task.samples);
}

}  // namespace

int main() { return run_zygote(File(wire::channel_fd), misbehave); }
