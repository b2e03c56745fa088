#include "service/soundbites.h"

#include <algorithm>

#include "base/text.h"
#include "job/job_json.h"

namespace soundbite {

namespace {

std::string_view primary_subtag(std::string_view language) { return language.substr(0, language.find('-')); }

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

bool speaks(const Voice& voice, std::string_view language) {
  return language.empty() || voice.languages.empty() || std::ranges::any_of(voice.languages, [&](const auto& spoken) {
           return same_ignoring_case(primary_subtag(spoken), primary_subtag(language));
         });
}

}  // namespace

std::string first_working_voice(SpeechEngine& speech) {
  for (const auto& voice : speech.voices()) {
    if (voice.engine == "piper" && voice.broken.empty()) return voice.id;
  }
  return "espeak:en-us";
}

Soundbites::Soundbites(JobStore& jobs, BlobStore& blobs, SpeechEngine& speech, const Clock& clock, Random& random,
                       SoundbitesOptions options)
    : jobs_(jobs), blobs_(blobs), speech_(speech), clock_(clock), random_(random), options_(std::move(options)) {}

awaitable<Result<StoredResponse>> Soundbites::submit(JobSpec spec, Owner owner, Deadline deadline) {
  auto& voice_id = spec.speech.voice_id;
  if (voice_id.empty())
    voice_id = options_.default_voice.empty() ? first_working_voice(speech_) : options_.default_voice;
  const auto voice = speech_.find_voice(voice_id);
  if (!voice) {
    Error error = voice.error();
    if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid;  // the request is wrong, not its address
    co_return std::unexpected(std::move(error));
  }
  if (!speaks(*voice, spec.speech.language)) {
    co_return std::unexpected(
        Error{ErrorCode::invalid,
              "1 field is wrong",
              {{"/language", "language_mismatch", "the voice " + voice_id + " does not speak it", voice->languages}}});
  }
  if (!blobs_.has_room())
    co_return fail(ErrorCode::storage_full, "there is no room for new audio; delete some or make room");

  Submission submission;
  Job& job = submission.job;
  const Time now = clock_.now();
  job.id = JobId::make(now, random_);
  job.environment = options_.environment;
  job.tenant_id = std::move(owner.tenant_id);
  job.user_id = std::move(owner.user_id);
  job.created_at = job.updated_at = job.due_at = now;
  job.expires_at = now + options_.record_life;
  job.characters = count_code_points(spec.speech.text);
  job.voice_id = voice_id;
  job.metadata = spec.metadata;

  StoredResponse response{202, {{"Location", "/api/v1/soundbites/" + job.id.text()}}, render_job(job)};
  submission.spec = std::move(spec);
  auto submitted = co_await jobs_.submit(std::move(submission), deadline);
  if (!submitted) co_return std::unexpected(submitted.error());
  if (submitted->replay) co_return std::move(*submitted->replay);
  co_return response;
}

awaitable<Result<Job>> Soundbites::get(JobId id, Owner owner, Deadline deadline) {
  return jobs_.get(id, std::move(owner), deadline);
}

awaitable<Result<Job>> Soundbites::wait_until_settled(JobId id, Owner owner, Deadline deadline) {
  auto job = co_await jobs_.get(id, owner, deadline);
  while (job && !settled(job->status) && !deadline.passed()) {
    job = co_await jobs_.wait(id, owner, job->version, deadline);
  }
  co_return job;
}

awaitable<Result<Job>> Soundbites::wait_for_change(JobId id, Owner owner, std::int64_t seen, Deadline deadline) {
  return jobs_.wait(id, std::move(owner), seen, deadline);
}

awaitable<Result<JobPage>> Soundbites::list(ListQuery query, Deadline deadline) {
  return jobs_.list(std::move(query), deadline);
}

awaitable<Result<Job>> Soundbites::cancel(JobId id, Owner owner, Deadline deadline) {
  return jobs_.cancel(id, std::move(owner), deadline);
}

awaitable<Result<Job>> Soundbites::retry(JobId id, Owner owner, Deadline deadline) {
  return jobs_.retry(id, std::move(owner), deadline);
}

awaitable<Result<void>> Soundbites::remove(JobId id, Owner owner, Deadline deadline) {
  const auto job = co_await jobs_.remove(id, std::move(owner), deadline);
  if (!job) co_return std::unexpected(job.error());
  // The record is gone, and with it every way to the audio; bytes that cannot be removed now are the sweeper's.
  if (job->output) (void)co_await blobs_.remove(job->output->blob_key, deadline);
  co_return Result<void>{};
}

awaitable<Result<Audio>> Soundbites::audio(JobId id, Owner owner, Deadline deadline) {
  auto job = co_await jobs_.get(id, std::move(owner), deadline);
  if (!job) co_return std::unexpected(job.error());
  if (job->status != Status::ready) {
    co_return fail(ErrorCode::conflict, "the job is " + std::string(name_of(job->status)));
  }
  auto blob = co_await blobs_.open(job->output->blob_key, deadline);
  if (!blob) co_return std::unexpected(blob.error());
  co_return Audio{std::move(*job), std::move(*blob)};
}

}  // namespace soundbite
