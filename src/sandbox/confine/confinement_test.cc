// Each layer by itself: a process enters it alone, then tries what it is there to prevent.
#include "sandbox/confine/confinement.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/child_exit.h"
#include "sandbox/wire.h"

namespace soundbite {
namespace {

#define NEEDS_LAYER(layer) \
  if (unbearable_layers().has(layer)) GTEST_SKIP() << name_of(layer) << " does not go with a sanitizer"

constexpr ChildLimits generous{.file_bytes = 1 << 20, .memory_bytes = std::uint64_t{1} << 32, .cpu_seconds = 60};

constexpr int held_it = 0;
constexpr int let_it = 100;  // and errno, when it was refused in another way

// The wait status of a child that is confined by `layers` alone and does `act`, which returns its exit status.
template <class Act>
int confined(LayerSet layers, Act act, ChildLimits limits = generous) {
  const pid_t zygote = ::fork();  // the test itself keeps its namespaces
  if (zygote == 0) {
    const Confinement confinement(LayerSet::all().without(layers.with({Layer::privileges})));
    const pid_t child = confinement.fork();
    if (child == 0) {
      confinement.enter(limits, {});
      ::_exit(act());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
      ::signal(WTERMSIG(status), SIG_DFL);
      ::kill(::getpid(), WTERMSIG(status));
    }
    ::_exit(WEXITSTATUS(status));
  }
  int status = 0;
  ::waitpid(zygote, &status, 0);
  return status;
}

int exit_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }

// Held when it is refused with `number`.
int refused_with(bool refused, int number) {
  if (!refused) return let_it;
  return errno == number ? held_it : let_it + errno;
}

TEST(Confinement, landlock_opens_no_path) {
  EXPECT_EQ(
      exit_of(confined({Layer::landlock}, [] { return refused_with(::open("/etc/passwd", O_RDONLY) < 0, EACCES); })),
      held_it);
  EXPECT_EQ(exit_of(confined({Layer::landlock},
                             [] { return refused_with(::open("/tmp", O_TMPFILE | O_RDWR, 0600) < 0, EACCES); })),
            held_it);
}

TEST(Confinement, the_mount_namespace_holds_no_file) {
  NEEDS_LAYER(Layer::mount_namespace);
  EXPECT_EQ(exit_of(confined({Layer::user_namespace, Layer::mount_namespace},
                             [] { return refused_with(::open("/etc/passwd", O_RDONLY) < 0, ENOENT); })),
            held_it);
  EXPECT_EQ(exit_of(confined({Layer::user_namespace, Layer::mount_namespace},
                             [] { return refused_with(::mkdir("/x", 0700) < 0, EROFS); })),
            held_it);
}

TEST(Confinement, the_pid_namespace_shows_no_other_process) {
  NEEDS_LAYER(Layer::pid_namespace);
  EXPECT_EQ(exit_of(confined({Layer::user_namespace, Layer::pid_namespace},
                             [] { return ::getpid() == 1 && ::getppid() == 0 ? held_it : let_it; })),
            held_it);
}

TEST(Confinement, the_network_namespace_reaches_nothing) {
  NEEDS_LAYER(Layer::net_namespace);
  EXPECT_EQ(exit_of(confined({Layer::user_namespace, Layer::net_namespace},
                             [] {
                               const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
                               sockaddr address{.sa_family = AF_INET, .sa_data = {0, 53, 127, 0, 0, 1}};
                               return refused_with(::connect(fd, &address, sizeof address) < 0, ENETUNREACH);
                             })),
            held_it);
}

TEST(Confinement, leaves_no_capability_and_no_way_to_one) {
  EXPECT_EQ(exit_of(confined({},
                             [] {
                               return refused_with(::chroot("/") < 0, EPERM) == held_it &&
                                              ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
                                              ::prctl(PR_GET_DUMPABLE) == 0
                                          ? held_it
                                          : let_it;
                             })),
            held_it);
}

TEST(Confinement, seccomp_ends_who_opens_connects_or_starts_anything) {
  NEEDS_LAYER(Layer::seccomp);
  EXPECT_EQ(exit_of(confined({Layer::seccomp},
                             [] {
                               ::open("/etc/passwd", O_RDONLY);
                               return let_it;
                             })),
            -SIGSYS);
  EXPECT_EQ(exit_of(confined({Layer::seccomp},
                             [] {
                               ::socket(AF_UNIX, SOCK_STREAM, 0);
                               return let_it;
                             })),
            -SIGSYS);
  EXPECT_EQ(exit_of(confined({Layer::seccomp},
                             [] {
                               ::fork();
                               return let_it;
                             })),
            -SIGSYS);
}

TEST(Confinement, an_abort_is_a_crash_and_no_violation) {
  NEEDS_LAYER(Layer::seccomp);
  EXPECT_EQ(classify(confined({Layer::seccomp}, []() -> int { std::abort(); })), ExitReason::crashed);
}

TEST(Confinement, tells_which_limit_was_passed) {
#if __has_feature(thread_sanitizer)
  GTEST_SKIP() << "ThreadSanitizer keeps a signal from its handler while no system call is made";
#endif
  ChildLimits limits = generous;
  limits.cpu_seconds = 1;
  const LayerSet layers =
      LayerSet{Layer::limits, Layer::user_namespace, Layer::pid_namespace, Layer::seccomp}.without(unbearable_layers());
  const auto spin = []() -> int {
    for (volatile std::uint64_t i = 0;; i = i + 1) {
    }
  };
  const int spun = confined(layers, spin, limits);
  EXPECT_EQ(exit_of(spun), wire::exit_cpu_limit);
  EXPECT_EQ(classify(spun), ExitReason::resource_limit);
}

TEST(Confinement, the_probe_finds_all_layers_on_this_machine) {
  const pid_t zygote = ::fork();
  if (zygote == 0) {
    const bool all = Confinement(unbearable_layers()).probe() == LayerSet::all().without(unbearable_layers());
    ::_exit(all ? 0 : 1);
  }
  int status = 0;
  ::waitpid(zygote, &status, 0);
  EXPECT_EQ(exit_of(status), 0);
}

}  // namespace
}  // namespace soundbite
