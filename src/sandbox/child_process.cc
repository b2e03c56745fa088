#include "sandbox/child_process.h"

#include <string>

#include "job/media_task_json.h"

namespace soundbite {
namespace {

ChildLine::Parts connect(ChildLine::Parts line, const MediaTask& task, ProcessListener listener) {
  line.on_progress = [hear = std::move(listener.progress)](std::uint64_t millionths) {
    if (hear) hear(static_cast<double>(std::min<std::uint64_t>(millionths, 1'000'000)) / 1e6);
  };
  line.on_speech = std::move(listener.speech);
  // What a child does that reads nothing but samples of our own is no recording's fault.
  if (task.inputs.empty()) {
    line.on_exit = [](ExitReason reason, int detail) { return error_of(reason, detail); };
  } else {
    line.on_exit = [pointer = task.inputs.front().pointer](ExitReason reason, int detail) {
      return error_of(reason, detail, pointer);
    };
  }
  return line;
}

}  // namespace

ChildProcess::ChildProcess(Parts parts, MediaMetrics& metrics)
    : report_(std::move(parts.report)),
      time_limit_(parts.time_limit),
      metrics_(metrics),
      line_(connect(std::move(parts.line), parts.task, std::move(parts.listener))) {}

Result<MediaOutcome> ChildProcess::finish() {
  if (!outcome_) outcome_ = wait_for_outcome();
  return *outcome_;
}

Result<MediaOutcome> ChildProcess::wait_for_outcome() {
  const auto size = line_.finish(time_limit_);
  if (!size) return std::unexpected(size.error());
  // While it lives it could still change what it has written.
  if (auto gone = line_.await_exit(); !gone) return std::unexpected(std::move(gone.error()));
  if (*size > wire::max_report_bytes) return fail(ErrorCode::internal, "the media child's report is too long");
  std::string text(*size, '\0');
  const auto read = report_.read_at(std::as_writable_bytes(std::span(text)), 0);
  if (!read) return std::unexpected(read.error());
  auto outcome = parse_media_outcome(text);
  if (outcome) metrics_.process_seconds.Observe(std::chrono::duration<double>(line_.age()).count());
  return outcome;
}

}  // namespace soundbite
