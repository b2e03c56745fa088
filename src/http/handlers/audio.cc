#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/made.h"
#include "http/handlers/path_id.h"
#include "http/handlers/stored_bytes.h"
#include "http/problems.h"
#include "http/wire/target.h"
#include "job/output_format.h"

namespace soundbite::handlers {

namespace {

std::expected<bool, Refusal> read_download(std::string_view raw_query) {
  if (raw_query.empty()) return false;
  QueryReader query(raw_query);
  const auto download = query.take("download");
  if (download && *download != "0" && *download != "1") {
    query.wrong("download", "unknown_value", "1 to have the audio saved, 0 to have it played", {"0", "1"});
  }
  if (auto errors = query.finish(); !errors.empty()) return std::unexpected(wrong_query(std::move(errors)));
  return download == "1";
}

}  // namespace

awaitable<Refusal> why_there_is_none(Soundbites& soundbites, JobId id, const Request& request, const Error& error) {
  if (error.code != ErrorCode::conflict) co_return refuse(error);
  const auto job = co_await soundbites.get(id, request.owner, request.deadline);
  if (!job) co_return refuse(job.error());
  switch (job->status) {
    case Status::failed:
      co_return refuse("job-failed", job->error ? job->error->detail : "the job failed",
                       job->error ? job->error->errors : std::vector<FieldError>{});
    case Status::cancelled: co_return refuse("job-cancelled", "the job was cancelled");
    default:
      co_return refuse("not-ready", "the job is " + std::string(name_of(job->status)) + "; GET /api/v1/soundbites/" +
                                        id.text() + "?wait=30 answers when it is done");
  }
}

awaitable<Answer> send_audio(Soundbites& soundbites, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto download = read_download(request.query);
  if (!download) co_return std::unexpected(download.error());
  auto audio = co_await soundbites.audio(*id, request.owner, request.deadline);
  if (!audio) co_return std::unexpected(co_await why_there_is_none(soundbites, *id, request, audio.error()));

  const FormatTraits& format = traits_of(audio->job.output->format);
  const std::string name = "soundbite-" + id->text() + '.' + std::string(format.extension);
  co_return send_bytes({.blob = std::move(audio->blob),
                        .what = "the audio",
                        .content_type = std::string(format.content_type),
                        .etag = '"' + audio->job.output->sha256 + '"',
                        .disposition = disposition_of(*download ? "attachment" : "inline", name)},
                       request);
}

}  // namespace soundbite::handlers
