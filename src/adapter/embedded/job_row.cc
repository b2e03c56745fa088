#include "adapter/embedded/job_row.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "adapter/embedded/output_extras.h"
#include "job/output_format.h"
#include "job/problem.h"

namespace soundbite::embedded {

namespace {

namespace json = boost::json;

// The columns in the order of JOB_COLUMNS.
enum Column {
  id,
  environment,
  tenant_id,
  user_id,
  status,
  progress,
  attempts,
  interruptions,
  attempt,
  version,
  created_at,
  updated_at,
  expires_at,
  due_at,
  started_at,
  settled_at,
  lease_owner,
  lease_until,
  dead_lettered,
  characters,
  voice_id,
  metadata,
  format,
  sample_rate,
  channels,
  bytes,
  duration_s,
  sha256,
  blob_key,
  error,
  source,
  file_id,
  url,
  output_extras
};

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::corrupt, "the database: a record with a wrong " + std::string(what));
}

Time read_time(const Query& query, int column) { return Time(Milliseconds(query.integer(column))); }

std::optional<Time> read_optional_time(const Query& query, int column) {
  if (query.null(column)) return std::nullopt;
  return read_time(query, column);
}

std::string read_text(const Query& query, int column) { return std::string(query.text(column)); }

Result<void> read_metadata(const Query& query, Job& job) {
  if (query.null(metadata)) return {};
  boost::system::error_code failed;
  const auto value = json::parse(query.text(metadata), failed);
  if (failed || !value.is_object()) return damaged("metadata");
  for (const auto& [key, text] : value.get_object()) {
    if (!text.is_string()) return damaged("metadata");
    job.metadata.emplace(key, text.get_string());
  }
  return {};
}

Result<void> read_output(const Query& query, Job& job) {
  if (query.null(format)) return {};
  const auto known = parse_format(query.text(format));
  if (!known) return damaged("format");
  job.output = Output{.format = *known,
                      .sample_rate = int(query.integer(sample_rate)),
                      .channels = int(query.integer(channels)),
                      .bytes = std::uint64_t(query.integer(bytes)),
                      .duration_s = query.real(duration_s),
                      .sha256 = read_text(query, sha256),
                      .blob_key = read_text(query, blob_key)};
  if (query.null(output_extras)) return {};
  if (!parse_output_extras(query.text(output_extras), *job.output)) return damaged("output");
  return {};
}

Result<void> read_source(const Query& query, Job& job) {
  const auto type = query.integer(source);
  if (type < 0 || type > std::int64_t(SourceType::url)) return damaged("source");
  job.source = SourceType(type);
  if (!query.null(url)) job.url = read_text(query, url);
  if (query.null(file_id)) return {};
  const auto file = read_id<FileId>(query, file_id);
  if (!file) return std::unexpected(file.error());
  job.file = *file;
  return {};
}

void bind_source(Query& query, const Job& job) {
  query.bind(int(job.source));
  job.source == SourceType::file ? query.bind(job.file) : query.bind(std::optional<FileId>());
  job.source == SourceType::url ? query.bind(job.url) : query.bind(std::optional<std::string>());
}

// started_at … dead_lettered, and the output: the same in an insert and an update.
void bind_course(Query& query, const Job& job) {
  query.bind(job.started_at, job.settled_at);
  if (job.lease) {
    query.bind(job.lease->owner, job.lease->until);
  } else {
    query.bind(std::optional<std::int64_t>(), std::optional<std::int64_t>());
  }
  query.bind(job.dead_lettered);
}

void bind_output(Query& query, const Job& job) {
  if (job.output) {
    const auto& o = *job.output;
    query.bind(traits_of(o.format).name, o.sample_rate, o.channels, o.bytes, o.duration_s, o.sha256, o.blob_key);
  } else {
    const std::optional<std::int64_t> none;
    query.bind(none, none, none, none, none, none, none);
  }
}

}  // namespace

JobTexts::JobTexts(const Job& job) {
  if (!job.metadata.empty()) {
    json::object object;
    for (const auto& [key, value] : job.metadata) object.emplace(key, value);
    metadata = json::serialize(object);
  }
  if (job.error) error = soundbite::to_stored_json(*job.error);
  if (job.output) output_extras = to_output_extras(*job.output);
}

void bind_for_insert(Query& query, const Job& job, const JobTexts& texts) {
  query.bind(job.id, job.environment, job.tenant_id, job.user_id, int(job.status), job.progress, job.attempts,
             job.interruptions, job.attempt, job.version, job.created_at, job.updated_at, job.expires_at, job.due_at);
  bind_course(query, job);
  query.bind(job.characters, job.voice_id, texts.metadata);
  bind_output(query, job);
  query.bind(texts.error);
  bind_source(query, job);
  query.bind(texts.output_extras);
}

void bind_for_update(Query& query, const Job& job, const JobTexts& texts) {
  query.bind(job.id, int(job.status), job.progress, job.attempts, job.interruptions, job.attempt, job.version,
             job.updated_at, job.due_at);
  bind_course(query, job);
  bind_output(query, job);
  query.bind(texts.error, texts.output_extras);
}

Result<UuidBytes> read_uuid(const Query& query, int column) {
  const auto stored = query.blob(column);
  UuidBytes uuid;
  if (stored.size() != uuid.size()) return damaged("id");
  std::ranges::copy(stored, uuid.begin());
  return uuid;
}

Result<Job> read_job(const Query& query) {
  const auto job_id = read_id<JobId>(query, id);
  if (!job_id) return std::unexpected(job_id.error());
  const auto state = query.integer(status);
  if (state < 0 || state > std::int64_t(Status::cancelled)) return damaged("status");
  Job job{.id = *job_id,
          .environment = read_text(query, environment),
          .user_id = read_text(query, user_id),
          .tenant_id = read_text(query, tenant_id),
          .status = Status(state),
          .progress = query.real(progress),
          .attempts = int(query.integer(attempts)),
          .interruptions = int(query.integer(interruptions)),
          .attempt = query.integer(attempt),
          .version = query.integer(version),
          .created_at = read_time(query, created_at),
          .updated_at = read_time(query, updated_at),
          .expires_at = read_time(query, expires_at),
          .due_at = read_time(query, due_at),
          .started_at = read_optional_time(query, started_at),
          .settled_at = read_optional_time(query, settled_at),
          .lease = std::nullopt,
          .dead_lettered = query.integer(dead_lettered) != 0,
          .source = SourceType::text,
          .characters = std::size_t(query.integer(characters)),
          .file = {},
          .url = {},
          .voice_id = read_text(query, voice_id),
          .metadata = {},
          .output = std::nullopt,
          .error = std::nullopt};
  if (!query.null(lease_until)) job.lease = Lease{read_text(query, lease_owner), read_time(query, lease_until)};
  if (auto read = read_source(query, job); !read) return std::unexpected(read.error());
  if (auto read = read_metadata(query, job); !read) return std::unexpected(read.error());
  if (auto read = read_output(query, job); !read) return std::unexpected(read.error());
  if (!query.null(error)) {
    auto problem = parse_stored_problem(query.text(error));
    if (!problem) return damaged("error");
    job.error = std::move(*problem);
  }
  return job;
}

std::string to_stored_json(const Headers& headers) {
  json::array pairs;
  for (const auto& [name, value] : headers) pairs.push_back(json::array{name, value});
  return json::serialize(pairs);
}

Result<Headers> parse_stored_headers(std::string_view stored) {
  boost::system::error_code failed;
  const auto value = json::parse(stored, failed);
  if (failed || !value.is_array()) return damaged("stored answer");
  Headers headers;
  for (const auto& pair : value.get_array()) {
    if (!pair.is_array() || pair.get_array().size() != 2) return damaged("stored answer");
    const auto& name = pair.get_array()[0];
    const auto& text = pair.get_array()[1];
    if (!name.is_string() || !text.is_string()) return damaged("stored answer");
    headers.emplace_back(name.get_string(), text.get_string());
  }
  return headers;
}

}  // namespace soundbite::embedded
