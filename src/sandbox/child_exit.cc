#include "sandbox/child_exit.h"

#include <sys/wait.h>

#include <csignal>
#include <string>
#include <utility>

#include "sandbox/wire.h"

namespace soundbite {

std::string_view name_of(ExitReason reason) {
  switch (reason) {
    case ExitReason::ok: return "ok";
    case ExitReason::failed: return "failed";
    case ExitReason::cancelled: return "cancelled";
    case ExitReason::hung: return "hung";
    case ExitReason::killed: return "killed";
    case ExitReason::resource_limit: return "resource_limit";
    case ExitReason::crashed: return "crashed";
    case ExitReason::host_died: return "host_died";
    case ExitReason::not_started: return "not_started";
  }
  std::unreachable();
}

ExitReason classify(int wait_status) {
  if (WIFEXITED(wait_status)) {
    if (WEXITSTATUS(wait_status) == wire::exit_done) return ExitReason::ok;
    return WEXITSTATUS(wait_status) == wire::exit_error ? ExitReason::failed : ExitReason::crashed;
  }
  switch (WTERMSIG(wait_status)) {
    case SIGKILL: return ExitReason::killed;
    case SIGXCPU:
    case SIGXFSZ: return ExitReason::resource_limit;
    default: return ExitReason::crashed;
  }
}

Error error_of(ExitReason reason, int detail) {
  switch (reason) {
    case ExitReason::cancelled: return {ErrorCode::cancelled, "the encode was ended", {}};
    case ExitReason::hung: return {ErrorCode::timeout, "the media child hung and was ended", {}};
    case ExitReason::killed:
      return {ErrorCode::unavailable, "the media child was killed; the system may be short of memory", {}};
    case ExitReason::resource_limit:
      if (WTERMSIG(detail) == SIGXFSZ) return {ErrorCode::storage_full, "the output passed the limit of a file", {}};
      return {ErrorCode::timeout, "the media child used up its processor time", {}};
    case ExitReason::crashed: {
      std::string how = WIFSIGNALED(detail) ? "signal " + std::to_string(WTERMSIG(detail))
                                            : "exit status " + std::to_string(WEXITSTATUS(detail));
      return {ErrorCode::internal, "the media child crashed: " + how, {}};
    }
    case ExitReason::host_died: return {ErrorCode::unavailable, "soundbite-media ended while it encoded", {}};
    case ExitReason::not_started: return error_from_errno(detail, "start a media child");
    case ExitReason::ok:
    case ExitReason::failed: return {ErrorCode::internal, "the media child ended without a word", {}};
  }
  std::unreachable();
}

void ChildExit::expect(ExitReason why) {
  const std::lock_guard lock(mutex_);
  if (!expected_) expected_ = why;
}

ExitReason ChildExit::settle(ExitReason reason, int detail) {
  const std::lock_guard lock(mutex_);
  if (reason == ExitReason::killed && expected_) reason = *expected_;
  ended_ = Ended{reason, detail};
  told_.notify_all();
  return reason;
}

std::optional<ChildExit::Ended> ChildExit::wait(Milliseconds limit) {
  std::unique_lock lock(mutex_);
  told_.wait_for(lock, limit, [this] { return ended_.has_value(); });
  return ended_;
}

}  // namespace soundbite
