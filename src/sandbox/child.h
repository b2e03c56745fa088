// The life of a child: one encode, then gone.
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "job/output_plan.h"

namespace soundbite {

// What a child is to do, and everything that it may touch.
struct ChildTask {
  int input_rate = 0;  // Hz
  OutputPlan plan;
  File samples;  // native floats, mono, to the end
  File output;
};

// Does the task and returns the frames made. `on_progress` is to be called often; it sends a few messages a second.
using ChildWork =
    std::function<Result<std::uint64_t>(const ChildTask& task, std::function<void(std::uint64_t frames)> on_progress)>;

// Drops the child's rights, works, reports through `status` and ends the process. `parent` is the zygote's pid.
[[noreturn]] void run_child(const ChildTask& task, const File& status, const ChildWork& work, int parent);

}  // namespace soundbite
