#include "sandbox/confine/landlock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace soundbite {
namespace {

// The system's header may be older than its kernel, so what the kernel takes is written down here.
struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint32_t version_flag = 1;

constexpr std::uint64_t first(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

struct Known {
  long abi;
  unsigned fs;     // accesses of files: execute, write, read, …
  unsigned net;    // bind and connect of TCP
  unsigned scope;  // abstract sockets and signals to others
};
// linux/landlock.h, from the newest interface to the oldest.
constexpr std::array<Known, 6> known_interfaces = {
    {{6, 16, 2, 2}, {5, 16, 2, 0}, {4, 15, 2, 0}, {3, 15, 0, 0}, {2, 14, 0, 0}, {1, 13, 0, 0}}};

}  // namespace

File make_deny_all_ruleset() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, version_flag);
  for (const Known& known : known_interfaces) {
    if (abi < known.abi) continue;
    const RulesetAttributes attributes{
        .handled_access_fs = first(known.fs), .handled_access_net = first(known.net), .scoped = first(known.scope)};
    // An older kernel takes a longer struct as long as what it does not know is zero.
    return File(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  }
  return {};
}

bool enter_landlock(const File& ruleset) {
  return ruleset && ::syscall(SYS_landlock_restrict_self, ruleset.fd(), 0) == 0;
}

}  // namespace soundbite
