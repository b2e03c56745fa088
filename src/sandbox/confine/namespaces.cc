#include "sandbox/confine/namespaces.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

namespace soundbite {
namespace {

// Any folder that is always there can be covered.
constexpr const char* covered = "/proc";

// Makes an empty, read-only folder the root and lets go of every file system.
bool empty_root() {
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("none", covered, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,mode=555") == 0 &&
         ::chdir(covered) == 0 && ::syscall(SYS_pivot_root, ".", ".") == 0 && ::umount2(".", MNT_DETACH) == 0 &&
         ::chdir("/") == 0;
}

}  // namespace

LayerSet enter_shared_namespaces(LayerSet wanted) {
  // The user namespace first: it is what permits the others to a process that is not root.
  constexpr std::array<std::pair<Layer, int>, 5> kinds = {{{Layer::user_namespace, CLONE_NEWUSER},
                                                           {Layer::net_namespace, CLONE_NEWNET},
                                                           {Layer::ipc_namespace, CLONE_NEWIPC},
                                                           {Layer::uts_namespace, CLONE_NEWUTS},
                                                           {Layer::mount_namespace, CLONE_NEWNS}}};
  LayerSet entered;
  for (const auto& [layer, flag] : kinds) {
    if (!wanted.has(layer) || ::unshare(flag) != 0) continue;
    if (layer == Layer::mount_namespace && !empty_root()) continue;
    entered = entered.with({layer});
  }
  return entered;
}

pid_t fork_into_pid_namespace() {
  return static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

}  // namespace soundbite
