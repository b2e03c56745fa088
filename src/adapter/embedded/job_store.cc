#include "adapter/embedded/job_store.h"

#include <algorithm>
#include <limits>

#include "adapter/embedded/file_table.h"
#include "adapter/embedded/job_reads.h"
#include "job/spec_json.h"
#include "job/transition.h"

namespace soundbite::embedded {

namespace {

bool may_see(const Owner& owner, const Job& job) {
  return job.tenant_id == owner.tenant_id && job.user_id == owner.user_id;
}

Result<std::size_t> interrupt_lapsed(JobTable& table, Time lapsed_before, Time now, const RetryPolicy& policy,
                                     std::size_t limit, double jitter) {
  const auto ids = table.lapsed_leases(lapsed_before, limit);
  if (!ids) return std::unexpected(ids.error());
  std::size_t interrupted = 0;
  for (const JobId& id : *ids) {
    const auto before = table.load(id, Time::min());
    if (!before) return std::unexpected(before.error());
    auto after = soundbite::interrupt(*before, now, policy, jitter);
    if (!after) return std::unexpected(after.error());
    if (const auto written = table.replace(*before, std::move(*after)); !written) {
      return std::unexpected(written.error());
    }
    ++interrupted;
  }
  return interrupted;
}

Result<void> delete_expired(JobTable& table, Time now, std::size_t limit, std::vector<std::string>& orphan_keys) {
  const auto ids = table.expired(now, limit);
  if (!ids) return std::unexpected(ids.error());
  for (const JobId& id : *ids) {
    const auto job = table.load(id, Time::min());
    if (!job) return std::unexpected(job.error());
    if (const auto erased = table.erase(*job); !erased) return erased;
    if (job->output) std::ranges::move(blob_keys_of(*job->output), std::back_inserter(orphan_keys));
  }
  return table.expire_responses(now, limit);
}

}  // namespace

Result<std::size_t> interrupt_all(JobTable& table, Time now, const RetryPolicy& policy) {
  constexpr double due_at_once = 0;
  return interrupt_lapsed(table, Time::max(), now, policy, std::numeric_limits<std::int32_t>::max(), due_at_once);
}

Result<void> EmbeddedJobStore::check_files(JobTable& table, const Submission& submission,
                                           std::span<const FileId> files) const {
  const Owner owner{submission.job.tenant_id, submission.job.user_id};
  for (const FileId& id : files) {
    const auto file = find_file(table.connection(), id);
    if (!file && file.error().code != ErrorCode::not_found) return std::unexpected(file.error());
    if (!file || !may_see(owner, *file) || file->expires_at <= parts_.clock.now()) {
      return fail(ErrorCode::not_found, "there is no file " + id.text());
    }
  }
  return {};
}

Result<Submitted> EmbeddedJobStore::submit_within(JobTable& table, const Submission& submission,
                                                  const std::string& stored_spec, std::span<const FileId> files) const {
  if (submission.idempotency) {
    auto known = table.find_response(*submission.idempotency, parts_.clock.now());
    if (!known) return std::unexpected(known.error());
    if (*known) return Submitted{std::move(*known)};
  }
  if (!parts_.disk.has_room()) return fail(ErrorCode::storage_full, "the disk is full");
  if (table.counts().of(Status::pending) >= std::int64_t(parts_.options.queue_limit)) {
    return fail(ErrorCode::throttled, "the queue is full");
  }
  if (auto there = check_files(table, submission, files); !there) return std::unexpected(there.error());
  auto written = table.insert(submission.job, stored_spec, files);
  if (written && submission.idempotency) written = table.keep_response(*submission.idempotency);
  if (!written) return std::unexpected(written.error());
  return Submitted{};
}

awaitable<Result<Submitted>> EmbeddedJobStore::submit(Submission submission, Deadline deadline) {
  std::string spec = to_stored_json(submission.spec);
  auto files = files_of(submission.spec.process);
  if (submission.spec.source == SourceType::file) files.push_back(submission.spec.file);
  co_return co_await parts_.writer.run<Submitted>(
      deadline, [this, submission = std::move(submission), spec = std::move(spec),
                 files = std::move(files)](JobTable& table) { return submit_within(table, submission, spec, files); });
}

awaitable<Result<Job>> EmbeddedJobStore::get(JobId id, Owner owner, Deadline deadline) {
  auto job = parts_.cache.find(id);
  if (job) {
    parts_.metrics.cache_hits.Increment();
  } else {
    parts_.metrics.cache_misses.Increment();
    RecordCache::Loading loading(parts_.cache, id);
    auto found =
        co_await parts_.readers.run<Job>(deadline, [id](Connection& connection) { return find_job(connection, id); });
    if (!found) co_return std::unexpected(found.error());
    job = std::make_shared<const Job>(std::move(*found));
    loading.store(job);
  }
  if (!may_see(owner, *job) || job->expires_at <= parts_.clock.now()) co_return unknown_job();
  co_return *job;
}

awaitable<Result<Job>> EmbeddedJobStore::wait(JobId id, Owner owner, std::int64_t seen, Deadline deadline) {
  auto listener = parts_.wakeups.on_change_of(id, co_await asio::this_coro::executor);
  while (true) {
    listener.reset();
    auto job = co_await get(id, owner, Deadline::never());
    if (!job || job->version != seen || deadline.passed()) co_return job;
    co_await listener.wait(deadline);
  }
}

awaitable<Result<JobPage>> EmbeddedJobStore::list(ListQuery query, Deadline deadline) {
  const Time now = parts_.clock.now();
  co_return co_await parts_.readers.run<JobPage>(
      deadline, [query = std::move(query), now](Connection& connection) { return list_jobs(connection, query, now); });
}

awaitable<Result<JobPage>> EmbeddedJobStore::dead_letters(ListQuery query, Deadline deadline) {
  const Time now = parts_.clock.now();
  co_return co_await parts_.readers.run<JobPage>(deadline, [query = std::move(query), now](Connection& connection) {
    return list_dead_letters(connection, query, now);
  });
}

template <class Step>
awaitable<Result<Job>> EmbeddedJobStore::change(JobId id, std::optional<Owner> owner, Deadline deadline, Step step) {
  co_return co_await parts_.writer.run<Job>(
      deadline, [this, id, owner = std::move(owner), step = std::move(step)](JobTable& table) -> Result<Job> {
        const Time now = parts_.clock.now();
        const auto before = owner ? table.load_owned(id, *owner, now) : table.load(id, now);
        if (!before) return std::unexpected(before.error());
        auto after = step(*before, now);
        if (!after) return std::unexpected(after.error());
        return table.replace(*before, std::move(*after));
      });
}

awaitable<Result<Claim>> EmbeddedJobStore::claim(JobId id, std::string worker, Deadline deadline) {
  struct Claimed {
    Job job;
    std::string stored_spec;
  };
  const double jitter = parts_.random.uniform();
  auto claimed = co_await parts_.writer.run<Claimed>(
      deadline, [this, id, worker = std::move(worker), jitter](JobTable& table) -> Result<Claimed> {
        const Time now = parts_.clock.now();
        const auto before = table.load(id, now);
        if (!before) return std::unexpected(before.error());
        auto after = soundbite::claim(*before, worker, now, parts_.options.lease, parts_.options.retry, jitter);
        if (!after) return std::unexpected(after.error());
        auto job = table.replace(*before, std::move(*after));
        if (!job) return std::unexpected(job.error());
        auto spec = table.load_spec(id);
        if (!spec) return std::unexpected(spec.error());
        return Claimed{std::move(*job), std::move(*spec)};
      });
  if (!claimed) {
    parts_.handed_out.release(id);
    co_return std::unexpected(claimed.error());
  }
  auto spec = parse_stored_spec(claimed->stored_spec);
  if (!spec) co_return fail(ErrorCode::corrupt, "the stored spec of job " + id.text() + ": " + spec.error().message);
  co_return Claim{std::move(claimed->job), std::move(*spec)};
}

awaitable<Result<Job>> EmbeddedJobStore::heartbeat(JobId id, std::int64_t attempt, double progress, Deadline deadline) {
  return change(id, std::nullopt, deadline,
                [attempt, progress, lease = parts_.options.lease](const Job& job, Time now) {
                  return soundbite::heartbeat(job, attempt, progress, now, lease);
                });
}

awaitable<Result<Job>> EmbeddedJobStore::complete(JobId id, std::int64_t attempt, Output output, Deadline deadline) {
  return change(id, std::nullopt, deadline, [attempt, output = std::move(output)](const Job& job, Time now) {
    return soundbite::complete(job, attempt, output, now);
  });
}

awaitable<Result<Job>> EmbeddedJobStore::fail_attempt(JobId id, std::int64_t attempt, Error error, Deadline deadline) {
  const double jitter = parts_.random.uniform();
  return change(id, std::nullopt, deadline,
                [attempt, error = std::move(error), jitter, retry = parts_.options.retry](const Job& job, Time now) {
                  return soundbite::fail_attempt(job, attempt, error, now, retry, jitter);
                });
}

awaitable<Result<Job>> EmbeddedJobStore::give_back(JobId id, std::int64_t attempt, Deadline deadline) {
  return change(id, std::nullopt, deadline,
                [attempt](const Job& job, Time now) { return soundbite::give_back(job, attempt, now); });
}

awaitable<Result<Job>> EmbeddedJobStore::cancel(JobId id, Owner owner, Deadline deadline) {
  return change(id, std::move(owner), deadline, [](const Job& job, Time now) { return soundbite::cancel(job, now); });
}

awaitable<Result<Job>> EmbeddedJobStore::retry(JobId id, Owner owner, Deadline deadline) {
  return change(id, std::move(owner), deadline, [life = parts_.options.record_life](const Job& job, Time now) {
    return soundbite::retry(job, now, life);
  });
}

awaitable<Result<Job>> EmbeddedJobStore::remove(JobId id, Owner owner, Deadline deadline) {
  co_return co_await parts_.writer.run<Job>(deadline,
                                            [this, id, owner = std::move(owner)](JobTable& table) -> Result<Job> {
                                              auto job = table.load_owned(id, owner, parts_.clock.now());
                                              if (!job) return job;
                                              if (const auto erased = table.erase(*job); !erased)
                                                return std::unexpected(erased.error());
                                              return job;
                                            });
}

awaitable<Result<SweepResult>> EmbeddedJobStore::sweep(std::size_t limit, Deadline deadline) {
  const double jitter = parts_.random.uniform();
  co_return co_await parts_.writer.run<SweepResult>(
      deadline, [this, limit, jitter](JobTable& table) -> Result<SweepResult> {
        const Time now = parts_.clock.now();
        SweepResult result;
        const auto interrupted = interrupt_lapsed(table, now, now, parts_.options.retry, limit, jitter);
        if (!interrupted) return std::unexpected(interrupted.error());
        result.interrupted = *interrupted;
        if (const auto deleted = delete_expired(table, now, limit, result.orphan_keys); !deleted) {
          return std::unexpected(deleted.error());
        }
        return result;
      });
}

awaitable<Result<std::vector<std::string>>> EmbeddedJobStore::orphans_among(std::vector<std::string> keys,
                                                                            Deadline deadline) {
  using Keys = std::vector<std::string>;
  auto find = [&in_making = parts_.files_in_making, keys = std::move(keys)](Connection& connection) -> Result<Keys> {
    Keys orphans;
    for (const auto& key : keys) {
      // Asked before the record is read: what is no longer in the making has its record by then.
      const auto file = file_of_key(key);
      if (file && in_making.holds(*file)) continue;
      const auto orphan = is_orphan(connection, key);
      if (!orphan) return std::unexpected(orphan.error());
      if (*orphan) orphans.push_back(key);
    }
    return orphans;
  };
  co_return co_await parts_.readers.run<Keys>(deadline, std::move(find));
}

awaitable<Result<JobCounts>> EmbeddedJobStore::counts(Deadline deadline) {
  if (parts_.writer.corrupt()) co_return fail(ErrorCode::corrupt, "the database is damaged: see the log");
  const Time now = parts_.clock.now();
  const auto oldest = co_await parts_.readers.run<std::optional<Time>>(
      deadline, [now](Connection& connection) { return oldest_due(connection, now); });
  if (!oldest) co_return std::unexpected(oldest.error());
  const std::lock_guard lock(counts_mutex_);
  co_return JobCounts{.pending = counts_.of(Status::pending),
                      .processing = counts_.of(Status::processing),
                      .ready = counts_.of(Status::ready),
                      .failed = counts_.of(Status::failed),
                      .cancelled = counts_.of(Status::cancelled),
                      .dead_lettered = counts_.dead_lettered,
                      .oldest_pending = *oldest};
}

void EmbeddedJobStore::committed(const Changes& changes, const Counts& counts) {
  {
    const std::lock_guard lock(counts_mutex_);
    counts_ = counts;
  }
  auto& metrics = parts_.metrics;
  for (std::size_t i = 0; i < counts.by_status.size(); ++i) metrics.jobs[i]->Set(double(counts.by_status[i]));
  metrics.queue_depth.Set(double(counts.of(Status::pending)));
  metrics.dead_letters.Set(double(counts.dead_lettered));
  metrics.files.Set(double(counts.files));
  metrics.file_bytes.Set(double(counts.file_bytes));
  metrics.uploads.Set(double(counts.uploads));

  parts_.cache.apply(changes);
  parts_.wakeups.changed(changes);
  const bool work = std::ranges::any_of(
      changes, [](const Change& change) { return change.job && change.job->status == Status::pending; });
  if (work) parts_.wakeups.work_came();
}

}  // namespace soundbite::embedded
