#include "sandbox/confine/seccomp.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <span>

#include "base/file.h"

namespace soundbite {
namespace {

struct Release {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

// No call that opens, connects, starts or maps code is here: a child lives on the descriptors that it was given. The
// calls that it makes most often come first.
constexpr std::array plain = {
    // bytes through descriptors
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(readv),
    SCMP_SYS(writev), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(fstat), SCMP_SYS(ftruncate), SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(shutdown), SCMP_SYS(close),
    // memory
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // time, randomness, itself
    SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(restart_syscall), SCMP_SYS(getrandom), SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

// These answer EPERM. abort() makes them and goes on to an instruction that ends the process: it then counts as the
// crash that it is. And no child takes back the handlers by which its limits are told.
constexpr std::array refused = {SCMP_SYS(tgkill), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask)};

bool add_rules(scmp_filter_ctx context) {
  bool good = true;
  for (const int call : plain) good &= ::seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0) == 0;
  for (const int call : refused) good &= ::seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
  const auto allow_when = [&](int call, scmp_arg_cmp condition) {
    good &= ::seccomp_rule_add_array(context, SCMP_ACT_ALLOW, call, 1, &condition) == 0;
  };
  const scmp_arg_cmp not_executable{.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
  allow_when(SCMP_SYS(mmap), not_executable);
  allow_when(SCMP_SYS(mprotect), not_executable);
  // fstat() of a newer C library; the rest of this call looks at paths.
  allow_when(SCMP_SYS(newfstatat), {.arg = 3, .op = SCMP_CMP_EQ, .datum_a = AT_EMPTY_PATH, .datum_b = 0});
  // send() to the peer that a socket has; no other address.
  allow_when(SCMP_SYS(sendto), {.arg = 4, .op = SCMP_CMP_EQ, .datum_a = 0, .datum_b = 0});
  for (const unsigned command : {F_GETFD, F_GETFL, F_SETFL}) {
    allow_when(SCMP_SYS(fcntl), {.arg = 1, .op = SCMP_CMP_EQ, .datum_a = command, .datum_b = 0});
  }
  return good;
}

}  // namespace

SeccompFilter SeccompFilter::make() {
  SeccompFilter filter;
  const Context context(::seccomp_init(SCMP_ACT_KILL_PROCESS));
  if (!context) return filter;
  const File bytes(::memfd_create("seccomp", MFD_CLOEXEC));
  constexpr std::uint32_t binary_tree = 2;
  if (!bytes || ::seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
      ::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, binary_tree) != 0 || !add_rules(context.get()) ||
      ::seccomp_export_bpf(context.get(), bytes.fd()) != 0) {
    return filter;
  }
  const auto size = bytes.size();
  if (!size || *size % sizeof(sock_filter) != 0) return filter;
  filter.program_.resize(*size / sizeof(sock_filter));
  const auto read = bytes.read_at(std::as_writable_bytes(std::span(filter.program_)), 0);
  if (!read || *read != *size) filter.program_.clear();
  return filter;
}

bool SeccompFilter::enter() const {
  if (program_.empty()) return false;
  sock_fprog program{.len = static_cast<unsigned short>(program_.size()),
                     .filter = const_cast<sock_filter*>(program_.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace soundbite
