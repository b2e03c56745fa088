// What an attempt works on and into: the recordings it reads, gathered before a thread is taken, and the empty files it
// fills.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/async.h"
#include "job/job.h"
#include "net/fetcher.h"
#include "port/blob_store.h"
#include "port/file_store.h"

namespace soundbite {

struct Recording {
  File file;
  MediaInput described;
};

// AttemptResult beside the audio when the job asks for an analysis; one scratch for each Artefact, in its order.
using ArtefactScratches = std::vector<Scratch>;

struct Materials {
  std::vector<Recording> recordings;  // as MediaTask::inputs
  Scratch audio;
  ArtefactScratches artefacts;  // empty without analysis
};

struct MaterialSources {
  FileStore& files;
  BlobStore& blobs;
  Fetcher& fetcher;
};

// True when the spoken text is all there is to it: no recording, no operations, no analysis.
bool is_plain_speech(const JobSpec& spec);

// Cancellable. Errors: invalid with fields when a file is gone or the URL gives nothing; what the ports answer.
awaitable<Result<Materials>> gather_materials(const Job& job, const JobSpec& spec, MaterialSources sources,
                                              Deadline deadline);

}  // namespace soundbite
