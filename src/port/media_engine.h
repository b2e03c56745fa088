// PCM to finished audio. Synchronous: called on a cpu thread, never on the io thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "job/job_spec.h"
#include "job/media_task.h"

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

// One run of the pipeline: decode, operations, measure, encode, verify. For one thread at a time, but for kill().
class Process {
 public:
  virtual ~Process() = default;

  // PCM for a task with a pcm_rate: mono samples. Blocks while the pipe is full. Errors: as finish().
  virtual Result<void> write(std::span<const float> samples) = 0;

  // Waits for the end. Errors: invalid with fields (the recording, or the recipe for this recording: never tried
  // again); unavailable (killed or crashed: retry), timeout (hung), storage_full, internal.
  virtual Result<MediaOutcome> finish() = 0;

  // Ends it at once, from any thread; later calls answer cancelled.
  virtual void kill() = 0;
};

// The descriptors of one task; duplicates are kept, the caller's stay his. Outputs are regular files, empty, open for
// reading and writing without O_APPEND.
struct ProcessFiles {
  std::vector<const File*> inputs;     // as MediaTask::inputs
  const File* audio = nullptr;         // with make_audio; may be a pipe
  const File* waveform = nullptr;      // with analyse or draw_waveform; audiowaveform .dat, 16 bits
  const File* waveform_png = nullptr;  // these two with analyse
  const File* spectrogram_png = nullptr;
};

// Called on the thread that writes or finishes.
struct ProcessListener {
  std::function<void(double done)> progress;                                // 0–1
  std::function<Result<void>(std::span<const float> samples)> speech = {};  // with tap_speech; an error ends the task
};

// Thread-safe.
class MediaEngine {
 public:
  virtual ~MediaEngine() = default;
  // `output` is a regular file (headers are patched in place) or a pipe (then as far as the container can). A duplicate
  // is kept, the caller's stays his.
  virtual Result<std::unique_ptr<Encode>> start(const EncodeRequest& request, const File& output) = 0;

  virtual Result<std::unique_ptr<Process>> process(const MediaTask& task, const ProcessFiles& files,
                                                   ProcessListener listener) = 0;
};

}  // namespace soundbite
