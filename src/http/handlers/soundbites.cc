#include <charconv>
#include <cmath>

#include "base/text.h"
#include "http/handlers/cursor.h"
#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/made.h"
#include "http/handlers/path_id.h"
#include "http/problems.h"
#include "http/wire/conditional.h"
#include "http/wire/target.h"
#include "job/job_json.h"
#include "job/spec_json.h"

namespace soundbite::handlers {

namespace {

constexpr double max_wait_s = 30;
constexpr Milliseconds last_look{2'000};  // at a job whose waiters are sent home; the request's own time may be over

// Every change of a job raises its version.
std::string etag_of(const Job& job) { return "W/\"" + std::to_string(job.version) + '"'; }

Response soundbite_response(int status, const Job& job) {
  Response response;
  response.status = status;
  response.cache_control = "private, no-cache";
  response.add_header("ETag", etag_of(job));
  response.body = render_job(job);
  return response;
}

Response not_modified(const Job& job) {
  Response response;
  response.status = 304;
  response.cache_control = "private, no-cache";
  response.add_header("ETag", etag_of(job));
  return response;
}

Answer answer_with(int status, const Result<Job>& job) {
  if (!job) return std::unexpected(refuse(job.error()));
  return soundbite_response(status, *job);
}

// Digits with at most one point among them: no sign, no exponent, no inf.
std::optional<double> read_seconds(std::string_view text) {
  if (text.find_first_not_of("0123456789.") != text.npos) return std::nullopt;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return seconds;
}

std::optional<Milliseconds> read_wait(QueryReader& query) {
  const auto text = query.take("wait");
  if (!text) return std::nullopt;
  const auto seconds = read_seconds(*text);
  if (!seconds || *seconds > max_wait_s) {
    query.wrong("wait", "out_of_range", "a number of seconds from 0 to 30");
    return std::nullopt;
  }
  return Milliseconds(std::lround(*seconds * 1000));
}

std::optional<Time> read_time(QueryReader& query, std::string_view name) {
  const auto text = query.take(name);
  if (!text) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (!time) query.wrong(name, "bad_time", "a time as in RFC 3339", {"2026-01-31T12:00:00Z"});
  return time;
}

std::optional<Status> read_status(QueryReader& query) {
  const auto text = query.take("status");
  if (!text) return std::nullopt;
  const auto status = parse_status(*text);
  if (!status) {
    query.wrong("status", "unknown_status", "one of the states of a soundbite",
                {"pending", "processing", "ready", "failed", "cancelled"});
  }
  return status;
}

std::expected<ListQuery, Refusal> read_list_query(const Request& request) {
  QueryReader query(request.query);
  ListQuery list;
  list.owner = request.owner;
  list.status = read_status(query);
  list.created_after = read_time(query, "createdAfter");
  list.created_before = read_time(query, "createdBefore");
  list.limit = read_limit(query);
  if (const auto before = read_cursor(query)) list.before = JobId{*before};
  auto errors = query.finish();
  if (!errors.empty()) return std::unexpected(wrong_query(std::move(errors)));
  return list;
}

// Waits for what the client waits for: a change of what it has, or else the end of the job. When the server stops
// meanwhile, the answer is the state then.
awaitable<Result<Job>> wait_for_news(Soundbites& soundbites, Drain& drain, const Request& request, Job job,
                                     Milliseconds wait) {
  const auto until = Deadline::in(wait);
  auto news = co_await drain.or_sooner(request.if_none_match.empty()
                                           ? soundbites.wait_until_settled(job.id, request.owner, until)
                                           : soundbites.wait_for_change(job.id, request.owner, job.version, until));
  if (news) co_return std::move(*news);
  co_return co_await soundbites.get(job.id, request.owner, Deadline::in(last_look));
}

}  // namespace

Response stored_response(StoredResponse stored) {
  Response response;
  response.status = stored.status;
  response.body = std::move(stored.body);
  for (const auto& [name, value] : stored.headers) response.add_header(name, value);
  return response;
}

awaitable<Answer> submit_soundbite(Soundbites& soundbites, const SpecLimits& limits, const Request& request) {
  auto spec = parse_job_spec(request.body, limits);
  if (!spec) co_return std::unexpected(refuse(spec.error()));
  auto stored = co_await soundbites.submit(std::move(*spec), request.owner, request.deadline);
  if (!stored) co_return std::unexpected(refuse(stored.error()));
  co_return stored_response(std::move(*stored));
}

awaitable<Answer> show_soundbite(Soundbites& soundbites, Drain& drain, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  std::optional<Milliseconds> wait;
  if (!request.query.empty()) {
    QueryReader query(request.query);
    wait = read_wait(query);
    if (auto errors = query.finish(); !errors.empty()) co_return std::unexpected(wrong_query(std::move(errors)));
  }

  auto job = co_await soundbites.get(*id, request.owner, request.deadline);
  const bool conditional = !request.if_none_match.empty();
  const auto is_known = [&] { return conditional && names_etag(request.if_none_match, etag_of(*job)); };
  if (job && wait && (conditional ? is_known() : !settled(job->status))) {
    job = co_await wait_for_news(soundbites, drain, request, std::move(*job), *wait);
  }
  if (job && is_known()) co_return not_modified(*job);
  co_return answer_with(200, job);
}

awaitable<Answer> list_soundbites(Soundbites& soundbites, const Request& request) {
  auto query = read_list_query(request);
  if (!query) co_return std::unexpected(std::move(query.error()));
  const auto page = co_await soundbites.list(std::move(*query), request.deadline);
  if (!page) co_return std::unexpected(refuse(page.error()));
  Response response;
  response.body =
      render_job_list(page->jobs, page->more && !page->jobs.empty() ? format_cursor(page->jobs.back().id.bytes) : "");
  co_return response;
}

awaitable<Answer> cancel_soundbite(Soundbites& soundbites, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  co_return answer_with(202, co_await soundbites.cancel(*id, request.owner, request.deadline));
}

awaitable<Answer> retry_soundbite(Soundbites& soundbites, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  co_return answer_with(202, co_await soundbites.retry(*id, request.owner, request.deadline));
}

awaitable<Answer> delete_soundbite(Soundbites& soundbites, const Request& request) {
  const auto id = soundbite_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto removed = co_await soundbites.remove(*id, request.owner, request.deadline);
  if (!removed) co_return std::unexpected(refuse(removed.error()));
  Response response;
  response.status = 204;
  co_return response;
}

}  // namespace soundbite::handlers
