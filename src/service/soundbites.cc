#include "service/soundbites.h"

#include <algorithm>

#include "base/text.h"
#include "job/job_json.h"
#include "net/fetcher.h"

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

struct NamedFile {
  FileId id;
  std::string pointer;
};

// Every file that a request names, and where.
std::vector<NamedFile> files_of(const JobSpec& spec) {
  std::vector<NamedFile> named;
  if (spec.source == SourceType::file) named.push_back({spec.file, "/fileId"});
  for (std::size_t n = 0; n < spec.process.size(); ++n) {
    const std::string place = "/process/" + std::to_string(n);
    if (const auto* concat = std::get_if<operation::Concat>(&spec.process[n])) {
      for (std::size_t m = 0; m < concat->files.size(); ++m) {
        named.push_back({concat->files[m], place + "/fileIds/" + std::to_string(m)});
      }
    } else if (const auto* mix = std::get_if<operation::Mix>(&spec.process[n])) {
      named.push_back({mix->bed, place + "/fileId"});
    }
  }
  return named;
}

Error wrong_fields(std::vector<FieldError> errors) {
  const std::size_t count = errors.size();
  return {ErrorCode::invalid, count == 1 ? "1 field is wrong" : std::to_string(count) + " fields are wrong",
          std::move(errors)};
}

FieldError unknown_file(std::string pointer) {
  return {std::move(pointer), "unknown_file", "there is no such file: GET /api/v1/files lists yours", {}};
}

}  // namespace

std::string first_working_voice(SpeechEngine& speech) {
  for (const auto& voice : speech.voices()) {
    if (voice.engine == "piper" && voice.broken.empty()) return voice.id;
  }
  return "espeak:en-us";
}

Soundbites::Soundbites(JobStore& jobs, BlobStore& blobs, FileStore& files, SpeechEngine& speech, const Clock& clock,
                       Random& random, SoundbitesOptions options)
    : jobs_(jobs),
      blobs_(blobs),
      files_(files),
      speech_(speech),
      clock_(clock),
      random_(random),
      options_(std::move(options)) {}

awaitable<Result<StoredResponse>> Soundbites::submit(JobSpec spec, Owner owner, Deadline deadline) {
  if (spec.source == SourceType::text) {
    if (auto chosen = choose_voice(spec.speech); !chosen) co_return std::unexpected(chosen.error());
  } else if (spec.source == SourceType::url) {
    if (auto checked = check_url(spec.url, "/url"); !checked) co_return std::unexpected(checked.error());
  }
  if (auto checked = co_await check_files(spec, owner, deadline); !checked) co_return std::unexpected(checked.error());
  if (!blobs_.has_room()) {
    co_return fail(ErrorCode::storage_full, "there is no room for new audio; delete some or make room");
  }
  Submission submission;
  submission.job = make_job(spec, owner);
  StoredResponse response{
      202, {{"Location", "/api/v1/soundbites/" + submission.job.id.text()}}, render_job(submission.job)};
  submission.spec = spec;
  auto submitted = co_await jobs_.submit(std::move(submission), deadline);
  if (!submitted) {
    if (submitted.error().code != ErrorCode::not_found) co_return std::unexpected(submitted.error());
    // A file went between the check and the commit: the same answer as a moment later.
    if (auto checked = co_await check_files(spec, owner, deadline); !checked) {
      co_return std::unexpected(checked.error());
    }
    co_return std::unexpected(wrong_fields({unknown_file("/fileId")}));
  }
  if (submitted->replay) co_return std::move(*submitted->replay);
  co_return response;
}

// Puts the default in where none is named.
Result<void> Soundbites::choose_voice(SpeechRequest& speech) const {
  auto& voice_id = speech.voice_id;
  if (voice_id.empty()) {
    voice_id = options_.default_voice.empty() ? first_working_voice(speech_) : options_.default_voice;
  }
  const auto voice = speech_.find_voice(voice_id);
  if (!voice) {
    Error error = voice.error();
    if (error.code == ErrorCode::not_found) error.code = ErrorCode::invalid;  // the request is wrong, not its address
    return std::unexpected(std::move(error));
  }
  if (speaks(*voice, speech.language)) return {};
  return std::unexpected(wrong_fields(
      {{"/language", "language_mismatch", "the voice " + voice_id + " does not speak it", voice->languages}}));
}

awaitable<Result<void>> Soundbites::check_files(const JobSpec& spec, Owner owner, Deadline deadline) {
  std::vector<FieldError> errors;
  for (const auto& [id, pointer] : files_of(spec)) {
    const auto file = co_await files_.get(id, owner, deadline);
    if (file) continue;
    if (file.error().code != ErrorCode::not_found) co_return std::unexpected(file.error());
    errors.push_back(unknown_file(pointer));
  }
  if (!errors.empty()) co_return std::unexpected(wrong_fields(std::move(errors)));
  co_return Result<void>{};
}

Job Soundbites::make_job(const JobSpec& spec, Owner owner) const {
  Job job;
  const Time now = clock_.now();
  job.id = JobId::make(now, random_);
  job.environment = options_.environment;
  job.tenant_id = std::move(owner.tenant_id);
  job.user_id = std::move(owner.user_id);
  job.created_at = job.updated_at = job.due_at = now;
  job.expires_at = now + options_.record_life;
  job.source = spec.source;
  switch (spec.source) {
    case SourceType::text:
      job.characters = count_code_points(spec.speech.text);
      job.voice_id = spec.speech.voice_id;
      break;
    case SourceType::file: job.file = spec.file; break;
    case SourceType::url: job.url = shown_url(spec.url); break;
  }
  job.metadata = spec.metadata;
  return job;
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
  if (job->output) {
    for (const std::string& key : blob_keys_of(*job->output)) (void)co_await blobs_.remove(key, deadline);
  }
  co_return Result<void>{};
}

awaitable<Result<Job>> Soundbites::get_ready(JobId id, Owner owner, Deadline deadline) {
  auto job = co_await jobs_.get(id, std::move(owner), deadline);
  if (job && job->status != Status::ready) {
    co_return fail(ErrorCode::conflict, "the job is " + std::string(name_of(job->status)));
  }
  co_return job;
}

awaitable<Result<Made>> Soundbites::audio(JobId id, Owner owner, Deadline deadline) {
  auto job = co_await get_ready(id, std::move(owner), deadline);
  if (!job) co_return std::unexpected(job.error());
  auto blob = co_await blobs_.open(job->output->blob_key, deadline);
  if (!blob) co_return std::unexpected(blob.error());
  co_return Made{std::move(*job), std::move(*blob)};
}

awaitable<Result<Made>> Soundbites::artefact(JobId id, Owner owner, Artefact artefact, Deadline deadline) {
  auto job = co_await get_ready(id, std::move(owner), deadline);
  if (!job) co_return std::unexpected(job.error());
  if (!job->output->analysed) {
    co_return std::unexpected(Error{ErrorCode::not_found,
                                    "the soundbite was made without analysis",
                                    {{"/analysis", "not_analysed", "submit it again with \"analysis\": true", {}}}});
  }
  auto blob = co_await blobs_.open(artefact_key(*job->output, artefact), deadline);
  if (!blob) co_return std::unexpected(blob.error());
  co_return Made{std::move(*job), std::move(*blob)};
}

}  // namespace soundbite
