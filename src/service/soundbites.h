// What the API means, without HTTP: submit, status, list, cancel, delete, retry, audio and what is made beside it.
#pragma once

#include <string>

#include "base/async.h"
#include "base/error.h"
#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "job/job.h"
#include "job/job_spec.h"
#include "port/blob_store.h"
#include "port/file_store.h"
#include "port/job_store.h"
#include "port/speech_engine.h"

namespace soundbite {

// The voice a request gets when it names none and none is configured: the first Piper voice that works, else
// espeak-ng's English.
std::string first_working_voice(SpeechEngine& speech);

struct SoundbitesOptions {
  std::string environment = "development";
  std::string default_voice;  // for requests that name none; empty: the first that works
  Milliseconds record_life = std::chrono::days(30);
};

// Bytes of a ready job, open for reading: its audio, or what was made beside it.
struct Made {
  Job job;  // ready; `output` is set
  Blob blob;
};

// For one io thread. Every call may also answer what the ports answer (unavailable, timeout, storage_full, …).
class Soundbites {
 public:
  Soundbites(JobStore& jobs, BlobStore& blobs, FileStore& files, SpeechEngine& speech, const Clock& clock,
             Random& random, SoundbitesOptions options);

  // Checks the voice of a text, the address of a url and that every file is there and the owner's; makes the job
  // durable, returns the answer to send: 202, Location, the Soundbite.
  // Errors: invalid (unknown voice, unknown files, each with its pointer); throttled (queue full); storage_full.
  awaitable<Result<StoredResponse>> submit(JobSpec spec, Owner owner, Deadline deadline);

  // Errors: not_found.
  awaitable<Result<Job>> get(JobId id, Owner owner, Deadline deadline);

  // Answers when the job settles, or at `deadline` with its state then. Errors: not_found.
  awaitable<Result<Job>> wait_until_settled(JobId id, Owner owner, Deadline deadline);

  // Answers when its version is other than `seen`, or at `deadline` with its state then. Errors: not_found.
  awaitable<Result<Job>> wait_for_change(JobId id, Owner owner, std::int64_t seen, Deadline deadline);

  awaitable<Result<JobPage>> list(ListQuery query, Deadline deadline);

  // Errors: not_found; conflict when ready or failed.
  awaitable<Result<Job>> cancel(JobId id, Owner owner, Deadline deadline);

  // Errors: not_found; conflict unless failed or cancelled.
  awaitable<Result<Job>> retry(JobId id, Owner owner, Deadline deadline);

  // Deletes the record, its audio and what was made beside it. Errors: not_found.
  awaitable<Result<void>> remove(JobId id, Owner owner, Deadline deadline);

  // Errors: not_found; conflict when not ready.
  awaitable<Result<Made>> audio(JobId id, Owner owner, Deadline deadline);
  // Errors: not_found (with the code not_analysed when the job was made without analysis); conflict when not ready.
  awaitable<Result<Made>> artefact(JobId id, Owner owner, Artefact artefact, Deadline deadline);

 private:
  Result<void> choose_voice(SpeechRequest& speech) const;
  awaitable<Result<void>> check_files(const JobSpec& spec, Owner owner, Deadline deadline);
  Job make_job(const JobSpec& spec, Owner owner) const;
  awaitable<Result<Job>> get_ready(JobId id, Owner owner, Deadline deadline);

  JobStore& jobs_;
  BlobStore& blobs_;
  FileStore& files_;
  SpeechEngine& speech_;
  const Clock& clock_;
  Random& random_;
  SoundbitesOptions options_;
};

}  // namespace soundbite
