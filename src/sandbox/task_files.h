// The descriptors that go between the server and one child: made here, then sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "job/media_task.h"
#include "port/media_engine.h"
#include "sandbox/wire.h"

namespace soundbite {

// Two ends; both close on exec.
struct Pipe {
  File ours;
  File theirs;
};

// The child writes, we read without blocking. Errors: unavailable.
Result<Pipe> make_status_pipe();

// A stream socket and not a pipe: MSG_NOSIGNAL keeps a dead child from raising SIGPIPE, and shutdown() wakes a writer
// from another thread. Errors: unavailable.
Result<Pipe> make_stream();

// Everything of one process.
struct TaskFiles {
  Pipe status;
  Pipe samples;              // with pcm_rate
  Pipe speech;               // with tap_speech
  File task;                 // JSON; can no longer change
  File report;               // cannot grow, so that a child fills no memory with it
  File spool;                // with pcm_rate or a recipe: a file without a name
  std::vector<File> inputs;  // opened again for reading alone, with positions of their own
  std::uint32_t roles = 0;
  std::vector<int> descriptors;  // as wire::RequestKind::process wants them; the outputs among them are the caller's
};

// Errors: internal when `files` does not go with `task`; invalid with a field when there are too many inputs;
// storage_full; unavailable.
Result<TaskFiles> make_task_files(const MediaTask& task, const ProcessFiles& files, const std::string& spool_folder);

}  // namespace soundbite
