#include "http/handlers/handlers.h"
#include "http/handlers/soundbite_id.h"
#include "http/problems.h"
#include "http/wire/conditional.h"
#include "http/wire/target.h"
#include "job/output_format.h"

namespace soundbite::handlers {

namespace {

// Asked again each time, and answered 304: deleted audio is not played from a cache.
constexpr std::string_view cache_rule = "private, no-cache";

std::expected<bool, Refusal> read_download(std::string_view raw_query) {
  if (raw_query.empty()) return false;
  QueryReader query(raw_query);
  const auto download = query.take("download");
  if (download && *download != "0" && *download != "1") {
    query.wrong("download", "unknown_value", "1 to have the audio saved, 0 to have it played", {"0", "1"});
  }
  if (auto errors = query.finish(); !errors.empty()) {
    return std::unexpected(refuse("validation-failed", "the query is wrong", std::move(errors)));
  }
  return download == "1";
}

// The audio cannot be sent because the job has another state than ready.
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

void describe(Response& response, const Job& job, const std::string& etag, bool download) {
  const FormatTraits& format = traits_of(job.output->format);
  response.content_type = format.content_type;
  response.cache_control = cache_rule;
  response.add_header("ETag", etag);
  response.add_header("Accept-Ranges", "bytes");
  response.add_header("Content-Disposition", std::string(download ? "attachment" : "inline") +
                                                 "; filename=\"soundbite-" + job.id.text() + '.' +
                                                 std::string(format.extension) + '"');
}

}  // namespace

awaitable<Answer> send_audio(Soundbites& soundbites, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto download = read_download(request.query);
  if (!download) co_return std::unexpected(download.error());
  auto audio = co_await soundbites.audio(*id, request.owner, request.deadline);
  if (!audio) co_return std::unexpected(co_await why_there_is_none(soundbites, *id, request, audio.error()));

  const std::string etag = '"' + audio->job.output->sha256 + '"';
  Response response;
  describe(response, audio->job, etag, *download);
  if (!request.if_none_match.empty() && names_etag(request.if_none_match, etag)) {
    response.status = 304;
    co_return response;
  }
  const std::uint64_t size = audio->blob.bytes;
  // RFC 9110 defines ranges for GET alone; an If-Range that names other bytes asks for the whole.
  const bool ranged = request.method == Method::get && (request.if_range.empty() || request.if_range == etag);
  const RangeAnswer range = ranged ? read_range(request.range, size) : RangeAnswer{};
  if (range.kind == RangeAnswer::Kind::unsatisfiable) {
    auto refusal = refuse("range-not-satisfiable", "the audio has " + std::to_string(size) + " bytes");
    refusal.headers = "Content-Range: bytes */" + std::to_string(size) + "\r\n";
    co_return std::unexpected(std::move(refusal));
  }
  response.file = FileSlice{std::move(audio->blob.file), 0, size};
  if (range.kind == RangeAnswer::Kind::part) {
    response.status = 206;
    response.file->offset = range.offset;
    response.file->length = range.length;
    response.add_header("Content-Range", "bytes " + std::to_string(range.offset) + '-' +
                                             std::to_string(range.offset + range.length - 1) + '/' +
                                             std::to_string(size));
  }
  co_return response;
}

}  // namespace soundbite::handlers
