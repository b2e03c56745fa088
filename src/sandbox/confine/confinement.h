// Everything a media child gives up before it sees its first byte. The zygote prepares it once; each child enters it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "base/file.h"
#include "sandbox/confine/seccomp.h"
#include "sandbox/layers.h"

namespace soundbite {

struct ChildLimits {
  std::uint64_t file_bytes = 0;    // of each file it writes
  std::uint64_t memory_bytes = 0;  // of address space; the program's own libraries take 250 MB of it
  std::uint32_t cpu_seconds = 0;
};

// For the zygote's one thread, and for that of its children.
class Confinement {
 public:
  // Moves the calling process into the namespaces that all children share, so nothing can be opened by path
  // afterwards. `withheld` layers are left out.
  explicit Confinement(LayerSet withheld);

  // As fork(2).
  pid_t fork() const;

  // What a child will be held by on this machine: one is forked, confined and asked.
  LayerSet probe() const;

  // In a child: gives up all rights and every descriptor but the standard ones and `keep`. Standard error becomes
  // /dev/null, so that no child writes into the server's log. Returns what it is held by now. When the zygote has ended
  // already, the child does too.
  LayerSet enter(const ChildLimits& limits, std::span<const int> keep) const;

 private:
  LayerSet withheld_;
  LayerSet shared_;  // that the zygote itself has entered
  File zygote_;      // a pidfd: readable when the zygote has ended
  File ruleset_;
  SeccompFilter filter_;
  bool separate_pids_ = false;
};

}  // namespace soundbite
