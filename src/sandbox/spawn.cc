#include "sandbox/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "sandbox/wire.h"

namespace soundbite {
namespace {

struct Actions {
  Actions() { ::posix_spawn_file_actions_init(&value); }
  ~Actions() { ::posix_spawn_file_actions_destroy(&value); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;
  posix_spawn_file_actions_t value{};
};

struct Attributes {
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t value{};
};

}  // namespace

Result<pid_t> spawn_zygote(const std::string& program, const File& channel) {
  Actions actions;
  ::posix_spawn_file_actions_adddup2(&actions.value, channel.fd(), wire::channel_fd);
  ::posix_spawn_file_actions_addopen(&actions.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // Standard output may be where a command writes its audio.
  ::posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, wire::channel_fd + 1);

  // A session of its own: Ctrl-C at the terminal asks the server to drain, and the encodes that it waits for must not
  // be gone by then. The end of the channel is what ends the program.
  Attributes attributes;
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setsigmask(&attributes.value, &none);
  ::posix_spawnattr_setsigdefault(&attributes.value, &all);

  std::string name = program;
  // Every symbol is bound before the first fork, so that no child pays for it again.
  std::string bind_now = "LD_BIND_NOW=1";
  std::array<char*, 2> arguments = {name.data(), nullptr};
  std::array<char*, 2> environment = {bind_now.data(), nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &actions.value, &attributes.value, arguments.data(), environment.data());
  if (error != 0) {
    return fail(ErrorCode::unavailable, "cannot start " + program + ": " +
                                            error_from_errno(error, "").message.substr(2) +
                                            "; it belongs beside the soundbite program");
  }
  return pid;
}

}  // namespace soundbite
