#include "adapter/embedded/job_reads.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "adapter/embedded/file_table.h"
#include "adapter/embedded/job_row.h"

namespace soundbite::embedded {

namespace {

// The smallest version 7 id made at `time` or after.
JobId first_id_at(Time time) {
  const auto ms = std::uint64_t(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
  JobId id;
  for (int i = 0; i < 6; ++i) id.bytes[std::size_t(i)] = std::uint8_t(ms >> (40 - 8 * i));
  return id;
}

constexpr JobId last_id = [] {
  JobId id;
  id.bytes.fill(0xff);
  return id;
}();

// LIST_BOUNDS and the limit: one row more than asked tells whether there is more.
struct Bounds {
  Bounds(const ListQuery& query, Time now)
      : from(query.created_after ? first_id_at(*query.created_after) : JobId{}),
        to(std::min(query.before.value_or(last_id),
                    query.created_before ? first_id_at(*query.created_before) : last_id)),
        after(query.created_after.value_or(Time::min())),
        before(query.created_before.value_or(Time::max())),
        alive_at(now),
        limit(query.limit + 1) {}
  void bind(Query& query) const { query.bind(from, to, after, before, alive_at, limit); }

  JobId from, to;
  Time after, before, alive_at;
  std::size_t limit;
};

Result<JobPage> read_page(Query& query, std::size_t limit) {
  JobPage page;
  while (true) {
    const auto row = query.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return page;
    if (page.jobs.size() == limit) {
      page.more = true;
      return page;
    }
    auto job = read_job(query);
    if (!job) return std::unexpected(job.error());
    page.jobs.push_back(std::move(*job));
  }
}

Result<std::optional<Time>> read_one_time(Connection& connection, Sql statement, Time now) {
  auto query = connection.query(statement);
  const auto row = query.bind(now).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return Time(Milliseconds(query.integer(0)));
}

constexpr std::size_t id_size = 36;

// The id and what is behind it, in "jobs/{id}/…".
std::optional<std::pair<JobId, std::string_view>> parse_job_key(std::string_view key) {
  constexpr std::string_view root = "jobs/";
  if (!key.starts_with(root) || key.size() <= root.size() + id_size || key[root.size() + id_size] != '/') return {};
  const auto id = JobId::parse(key.substr(root.size(), id_size));
  if (!id) return {};
  return std::pair(*id, key.substr(root.size() + id_size + 1));
}

// Of "{attempt}/…".
std::optional<std::int64_t> parse_attempt(std::string_view rest) {
  std::int64_t attempt = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), attempt);
  if (failed != std::errc() || end == rest.data() + rest.size() || *end != '/') return {};
  return attempt;
}

bool owns(const Job& job, const std::string& key) {
  if (!job.output) return false;
  const auto keys = blob_keys_of(*job.output);
  return std::ranges::find(keys, key) != keys.end();
}

Result<bool> is_orphan_of_job(Connection& connection, const std::string& key, JobId id, std::int64_t attempt) {
  const auto job = find_job(connection, id);
  if (!job) {
    if (job.error().code == ErrorCode::not_found) return true;
    return std::unexpected(job.error());
  }
  if (owns(*job, key)) return false;
  if (settled(job->status)) return true;
  return attempt < job->attempt || (attempt == job->attempt && job->status == Status::pending);
}

Result<bool> is_orphan_of_file(Connection& connection, FileId id) {
  const auto file = find_file(connection, id);
  if (!file && file.error().code != ErrorCode::not_found) return std::unexpected(file.error());
  return !file;
}

}  // namespace

Result<Job> find_job(Connection& connection, JobId id) {
  auto query = connection.query(Sql::load_job);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return fail(ErrorCode::not_found, "there is no such job");
  return read_job(query);
}

Result<JobPage> list_jobs(Connection& connection, const ListQuery& query, Time now) {
  const Bounds bounds(query, now);
  auto rows = connection.query(query.status ? Sql::list_jobs_by_status : Sql::list_jobs);
  bounds.bind(rows);
  rows.bind(query.owner.tenant_id, query.owner.user_id);
  if (query.status) rows.bind(int(*query.status));
  return read_page(rows, query.limit);
}

Result<JobPage> list_dead_letters(Connection& connection, const ListQuery& query, Time now) {
  const Bounds bounds(query, now);
  auto rows = connection.query(Sql::list_dead_letters);
  bounds.bind(rows);
  return read_page(rows, query.limit);
}

Result<std::vector<JobId>> due_jobs(Connection& connection, Time now, std::size_t limit) {
  auto query = connection.query(Sql::due_jobs);
  query.bind(now, limit);
  std::vector<JobId> ids;
  while (true) {
    const auto row = query.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return ids;
    const auto id = read_id<JobId>(query, 0);
    if (!id) return std::unexpected(id.error());
    ids.push_back(*id);
  }
}

Result<std::optional<Time>> next_due(Connection& connection, Time now) {
  return read_one_time(connection, Sql::next_due, now);
}

Result<std::optional<Time>> oldest_due(Connection& connection, Time now) {
  return read_one_time(connection, Sql::oldest_due, now);
}

std::optional<FileId> file_of_key(std::string_view key) {
  constexpr std::string_view root = "files/";
  return key.starts_with(root) ? FileId::parse(key.substr(root.size())) : std::nullopt;
}

Result<bool> is_orphan(Connection& connection, const std::string& key) {
  if (const auto file = file_of_key(key)) return is_orphan_of_file(connection, *file);
  const auto job = parse_job_key(key);
  if (!job) return false;
  const auto attempt = parse_attempt(job->second);
  if (!attempt) return false;
  return is_orphan_of_job(connection, key, job->first, *attempt);
}

}  // namespace soundbite::embedded
