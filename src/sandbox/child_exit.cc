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
    case ExitReason::sandbox_violation: return "sandbox_violation";
    case ExitReason::crashed: return "crashed";
    case ExitReason::unconfined: return "unconfined";
    case ExitReason::host_died: return "host_died";
    case ExitReason::not_started: return "not_started";
  }
  std::unreachable();
}

ExitReason classify(int wait_status) {
  if (WIFEXITED(wait_status)) {
    switch (WEXITSTATUS(wait_status)) {
      case wire::exit_done: return ExitReason::ok;
      case wire::exit_error: return ExitReason::failed;
      case wire::exit_cpu_limit:
      case wire::exit_file_limit:
      case wire::exit_memory_limit: return ExitReason::resource_limit;
      case wire::exit_unconfined: return ExitReason::unconfined;
      default: return ExitReason::crashed;
    }
  }
  switch (WTERMSIG(wait_status)) {
    case SIGKILL: return ExitReason::killed;
    case SIGSYS: return ExitReason::sandbox_violation;
    default: return ExitReason::crashed;
  }
}

Error error_of(ExitReason reason, int detail) {
  switch (reason) {
    case ExitReason::cancelled: return {ErrorCode::cancelled, "the work of the media child was ended", {}};
    case ExitReason::hung: return {ErrorCode::timeout, "the media child hung and was ended", {}};
    case ExitReason::killed:
      return {ErrorCode::unavailable, "the media child was killed; the system may be short of memory", {}};
    case ExitReason::resource_limit:
      switch (WEXITSTATUS(detail)) {
        case wire::exit_file_limit: return {ErrorCode::storage_full, "the output passed the limit of a file", {}};
        case wire::exit_memory_limit: return {ErrorCode::unavailable, "the media child had too little memory", {}};
        default: return {ErrorCode::timeout, "the media child used up its processor time", {}};
      }
    case ExitReason::sandbox_violation:
      return {ErrorCode::internal, "the media child made a system call that it may not make", {}};
    case ExitReason::crashed: {
      std::string how = WIFSIGNALED(detail) ? "signal " + std::to_string(WTERMSIG(detail))
                                            : "exit status " + std::to_string(WEXITSTATUS(detail));
      return {ErrorCode::internal, "the media child crashed: " + how, {}};
    }
    case ExitReason::unconfined:
      return {
          ErrorCode::unavailable, "the media child could not be confined as it must be; soundbite doctor says why", {}};
    case ExitReason::host_died: return {ErrorCode::unavailable, "soundbite-media ended while it worked", {}};
    case ExitReason::not_started: return error_from_errno(detail, "start a media child");
    case ExitReason::ok:
    case ExitReason::failed: return {ErrorCode::internal, "the media child ended without a word", {}};
  }
  std::unreachable();
}

namespace {

std::string limit_passed(int detail) {
  switch (WEXITSTATUS(detail)) {
    case wire::exit_file_limit:
      return "What is made of this recording is larger than one file may be. Shorten it, or ask for a smaller format.";
    case wire::exit_memory_limit:
      return "This recording takes more memory than one job may have. Lower its sample rate or its number of channels.";
    default:
      return "This recording takes more processor time than one job may have. Shorten it, or lower its sample rate or "
             "its number of channels.";
  }
}

Error recording_error(std::string message, const std::string& pointer, std::string code, std::string detail) {
  return {ErrorCode::invalid, std::move(message), {{pointer, std::move(code), std::move(detail), {}}}};
}

}  // namespace

Error error_of(ExitReason reason, int detail, const std::string& pointer) {
  switch (reason) {
    case ExitReason::sandbox_violation:
      return recording_error("the recording made its decoder do what no decoder needs to do", pointer,
                             "sandbox_violation",
                             "Reading this recording was stopped because it made its decoder do what no decoder needs "
                             "to do. Export it again with another program, for example as FLAC.");
    case ExitReason::resource_limit:
      return recording_error("the recording takes more than one job may have", pointer, "resource_limit",
                             limit_passed(detail));
    case ExitReason::crashed:
      return recording_error("the recording made its decoder crash", pointer, "decoder_crash",
                             "This recording made its decoder crash; it is damaged, or of an unusual kind. Export it "
                             "again, for example as FLAC.");
    default: return error_of(reason, detail);
  }
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
