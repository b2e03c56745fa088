// PCM to finished audio. Synchronous: called on a cpu thread, never on the io thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "job/job_spec.h"

namespace soundbite {

// What was made, as the encoder counted it.
struct MediaReport {
  int sample_rate = 0;  // Hz
  int channels = 0;
  std::uint64_t frames = 0;  // samples per channel that went in, at sample_rate
  double duration_s = 0;
};

// One encode. For one thread at a time, but for kill().
class Encode {
 public:
  virtual ~Encode() = default;

  // Blocks while the pipe is full. Errors: what finish() would say when the child has stopped.
  virtual Result<void> write(std::span<const float> samples) = 0;

  // No more samples: waits until the output is complete. Errors: unavailable (child killed or crashed: retry), timeout
  // (hung), storage_full, invalid (the format cannot do this), internal.
  virtual Result<MediaReport> finish() = 0;

  // Ends it at once, from any thread; later calls answer cancelled.
  virtual void kill() = 0;
};

struct EncodeRequest {
  int input_rate = 0;  // Hz, of the mono samples written
  OutputSpec output;
};

// Thread-safe.
class MediaEngine {
 public:
  virtual ~MediaEngine() = default;
  // `output` is a regular file (headers are patched in place) or a pipe (then as far as the container can). A duplicate
  // is kept, the caller's stays his.
  virtual Result<std::unique_ptr<Encode>> start(const EncodeRequest& request, const File& output) = 0;
};

}  // namespace soundbite
