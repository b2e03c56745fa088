// The life of a child: confined, one task, then gone.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "job/media_task.h"
#include "job/output_plan.h"
#include "sandbox/confine/confinement.h"
#include "sandbox/wire.h"

namespace soundbite {

struct EncodeTask {
  int input_rate = 0;  // Hz
  OutputPlan plan;
  File samples;  // native floats, mono, to the end
  File output;
};

// Everything that a process may touch.
struct ProcessTask {
  File task;    // a MediaTask as JSON
  File report;  // takes wire::max_report_bytes and no more
  std::array<File, wire::role_count> roles;
  std::vector<File> inputs;

  // −1 when there is none.
  int fd(wire::Role role) const { return roles[static_cast<std::size_t>(role)].fd(); }
};

struct ChildTask {
  ChildLimits limits;
  LayerSet required;  // without these it does nothing
  File status;
  std::variant<EncodeTask, ProcessTask> work;
};

// What children do: called in a child, once, and confined. Progress is to be told often; a few messages a second are
// sent.
struct ChildWork {
  std::function<Result<std::uint64_t>(const EncodeTask& task, std::function<void(std::uint64_t frames)> on_progress)>
      encode;  // returns the frames made
  std::function<Result<MediaOutcome>(const MediaTask& task, const ProcessTask& files,
                                     std::function<void(double done)> on_progress)>
      process;
};

// Confines the child, does the task, reports and ends the process.
[[noreturn]] void run_child(const ChildTask& task, const ChildWork& work, const Confinement& confinement);

}  // namespace soundbite
