// Seccomp: the system calls that a media child may make. Any other one ends it (SIGSYS).
#pragma once

#include <linux/filter.h>

#include <vector>

namespace soundbite {

// Made once and loaded by each child, since to make it takes longer than to load it.
class SeccompFilter {
 public:
  // Empty when it cannot be made.
  static SeccompFilter make();

  // Binds the calling thread to it for good. Needs no_new_privs.
  bool enter() const;

 private:
  std::vector<sock_filter> program_;
};

}  // namespace soundbite
