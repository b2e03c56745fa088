#include "adapter/embedded/job_table.h"

#include <algorithm>
#include <ranges>

#include "adapter/embedded/job_row.h"
#include "base/sha256.h"

namespace soundbite::embedded {

namespace {

// Scopes hold names of any length from clients; the index holds 32 bytes for each.
Sha256Digest hash_of(std::string_view scope) {
  Sha256 sum;
  sum.add(std::as_bytes(std::span(scope)));
  return sum.finish();
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of_bytes(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

std::unexpected<Error> unknown_job() { return fail(ErrorCode::not_found, "there is no such job"); }

Result<Job> JobTable::load(JobId id, Time now) {
  auto query = connection_.query(Sql::load_job);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_job();
  auto job = read_job(query);
  if (job && job->expires_at <= now) return unknown_job();
  return job;
}

Result<Job> JobTable::load_owned(JobId id, const Owner& owner, Time now) {
  auto job = load(id, now);
  if (job && (job->tenant_id != owner.tenant_id || job->user_id != owner.user_id)) return unknown_job();
  return job;
}

Result<std::string> JobTable::load_spec(JobId id) {
  auto query = connection_.query(Sql::load_spec);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return fail(ErrorCode::corrupt, "the database: a job without its spec");
  return std::string(query.text(0));
}

Result<void> JobTable::insert(Job job, std::string_view stored_spec, std::span<const FileId> files) {
  const JobTexts texts(job);
  auto row = connection_.query(Sql::insert_job);
  bind_for_insert(row, job, texts);
  auto written = row.run();
  if (written) written = connection_.query(Sql::insert_spec).bind(stored_spec).run();
  for (auto file = files.begin(); written && file != files.end(); ++file) {
    written = connection_.query(Sql::insert_job_file).bind(*file).run();
  }
  if (!written) return written;
  counts_.add(job, 1);
  const JobId id = job.id;
  changes_.push_back({id, std::make_shared<const Job>(std::move(job))});
  return {};
}

Result<Job> JobTable::replace(const Job& before, Job after) {
  if (after == before) return after;
  const JobTexts texts(after);
  auto row = connection_.query(Sql::update_job);
  bind_for_update(row, after, texts);
  auto written = row.run();
  if (written && after.expires_at != before.expires_at) {
    written = connection_.query(Sql::update_expiry).bind(after.id, after.expires_at).run();
  }
  if (written && settled(after.status) != settled(before.status)) {
    written = connection_.query(Sql::mark_job_files).bind(after.id, !settled(after.status)).run();
  }
  if (!written) return std::unexpected(written.error());
  counts_.add(before, -1);
  counts_.add(after, 1);
  changes_.push_back({after.id, std::make_shared<const Job>(after)});
  return after;
}

Result<void> JobTable::erase(const Job& job) {
  auto gone = connection_.query(Sql::delete_spec).bind(job.id).run();
  if (gone) gone = connection_.query(Sql::delete_job_files).bind(job.id).run();
  if (gone) gone = connection_.query(Sql::delete_job).bind(job.id).run();
  if (!gone) return gone;
  counts_.add(job, -1);
  changes_.push_back({job.id, nullptr});
  return {};
}

Result<std::optional<StoredResponse>> JobTable::find_response(const IdempotencyRecord& record, Time now) {
  const auto scope_hash = hash_of(record.scope);
  auto query = connection_.query(Sql::find_idempotency);
  const auto row = query.bind(std::span<const std::uint8_t>(scope_hash)).next();
  if (!row) return std::unexpected(row.error());
  if (!*row || Time(Milliseconds(query.integer(1))) <= now) return std::nullopt;
  if (!std::ranges::equal(query.blob(0), bytes_of(record.fingerprint))) {
    return fail(ErrorCode::conflict, "this idempotency key was used for another request");
  }
  auto headers = parse_stored_headers(query.text(3));
  if (!headers) return std::unexpected(headers.error());
  return StoredResponse{
      .status = int(query.integer(2)), .headers = std::move(*headers), .body = text_of_bytes(query.blob(4))};
}

Result<void> JobTable::keep_response(const IdempotencyRecord& record) {
  const auto scope_hash = hash_of(record.scope);
  const auto headers = to_stored_json(record.response.headers);
  return connection_.query(Sql::put_idempotency)
      .bind(std::span<const std::uint8_t>(scope_hash), bytes_of(record.fingerprint), record.expires_at,
            record.response.status, headers, bytes_of(record.response.body))
      .run();
}

Result<void> JobTable::expire_responses(Time now, std::size_t limit) {
  return connection_.query(Sql::expire_idempotency).bind(now, limit).run();
}

Result<std::vector<JobId>> JobTable::ids_of(Sql statement, Time now, std::size_t limit) {
  auto query = connection_.query(statement);
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

Result<std::vector<JobId>> JobTable::lapsed_leases(Time now, std::size_t limit) {
  return ids_of(Sql::lapsed_leases, now, limit);
}

Result<std::vector<JobId>> JobTable::expired(Time now, std::size_t limit) {
  return ids_of(Sql::expired_jobs, now, limit);
}

Result<void> JobTable::load_counts() {
  auto query = connection_.query(Sql::load_counts);
  const auto row = query.next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return fail(ErrorCode::corrupt, "the database: its counters are gone");
  for (int i = 0; i < int(counts_.by_status.size()); ++i) counts_.by_status[std::size_t(i)] = query.integer(i);
  counts_.dead_lettered = query.integer(5);
  counts_.files = query.integer(6);
  counts_.file_bytes = query.integer(7);
  counts_.uploads = query.integer(8);
  stored_counts_ = counts_;
  return {};
}

void JobTable::roll_back_to(const Mark& mark) {
  counts_ = mark.counts;
  changes_.resize(mark.changes);
}

Result<void> JobTable::store_counts() {
  if (counts_ == stored_counts_) return {};
  const auto& n = counts_.by_status;
  auto stored =
      connection_.query(Sql::store_counts)
          .bind(n[0], n[1], n[2], n[3], n[4], counts_.dead_lettered, counts_.files, counts_.file_bytes, counts_.uploads)
          .run();
  if (stored) stored_counts_ = counts_;
  return stored;
}

}  // namespace soundbite::embedded
