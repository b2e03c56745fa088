#include "tests/support/memory_store.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace soundbite {

namespace {

constexpr double jitter = 0;  // tests repeat

std::unexpected<Error> no_such_job() { return fail(ErrorCode::not_found, "no such job"); }

std::vector<FileId> files_used_by(const JobSpec& spec) {
  auto files = files_of(spec.process);
  if (spec.source == SourceType::file) files.push_back(spec.file);
  return files;
}

}  // namespace

std::optional<Error> MemoryStore::take_failure(const std::string& verb) {
  const auto found = failures.find(verb);
  if (found == failures.end()) return std::nullopt;
  Error error = found->second;
  failures.erase(found);
  return error;
}

Job* MemoryStore::find(JobId id, const Owner* owner) {
  const auto found = records.find(id);
  if (found == records.end()) return nullptr;
  Job& job = found->second.first;
  if (owner && (job.tenant_id != owner->tenant_id || job.user_id != owner->user_id)) return nullptr;
  return job.expires_at > clock_.now() ? &job : nullptr;
}

std::optional<JobId> MemoryStore::job_using(FileId id) const {
  for (const auto& [job_id, record] : records) {
    if (settled(record.first.status)) continue;
    const auto used = files_used_by(record.second);
    if (std::ranges::find(used, id) != used.end()) return job_id;
  }
  return std::nullopt;
}

Result<Job> MemoryStore::apply(JobId id, const std::string& verb, const std::function<Result<Job>(Job)>& step) {
  if (auto error = take_failure(verb)) return std::unexpected(*error);
  Job* job = find(id, nullptr);
  if (!job) return no_such_job();
  auto after = step(*job);
  if (after) {
    *job = *after;
    changed_.notify();
  }
  return after;
}

awaitable<Result<Submitted>> MemoryStore::submit(Submission submission, Deadline) {
  if (auto error = take_failure("submit")) co_return std::unexpected(*error);
  const Owner owner{submission.job.tenant_id, submission.job.user_id};
  for (const FileId& id : files_used_by(submission.spec)) {
    const auto* file = files.find(id, owner);
    if (!file || file->expires_at <= clock_.now())
      co_return fail(ErrorCode::not_found, "there is no file " + id.text());
  }
  records[submission.job.id] = {submission.job, submission.spec};
  changed_.notify();
  co_return Submitted{};
}

awaitable<Result<Job>> MemoryStore::get(JobId id, Owner owner, Deadline) {
  if (auto error = take_failure("get")) co_return std::unexpected(*error);
  const Job* job = find(id, &owner);
  if (!job) co_return no_such_job();
  co_return *job;
}

awaitable<Result<Job>> MemoryStore::wait(JobId id, Owner owner, std::int64_t seen, Deadline deadline) {
  while (true) {
    const Job* job = find(id, &owner);
    if (!job) co_return no_such_job();
    if (job->version != seen || deadline.passed()) co_return *job;
    co_await changed_.wait(deadline);
  }
}

awaitable<Result<JobPage>> MemoryStore::list(ListQuery query, Deadline) {
  if (auto error = take_failure("list")) co_return std::unexpected(*error);
  JobPage page;
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    const Job& job = record->second.first;
    if (!find(job.id, &query.owner) || (query.status && job.status != *query.status)) continue;
    if (query.before && job.id >= *query.before) continue;
    if (query.created_after && job.created_at <= *query.created_after) continue;
    if (query.created_before && job.created_at >= *query.created_before) continue;
    if (page.jobs.size() == query.limit) {
      page.more = true;
      break;
    }
    page.jobs.push_back(job);
  }
  co_return page;
}

awaitable<Result<JobPage>> MemoryStore::dead_letters(ListQuery query, Deadline deadline) {
  query.status = Status::failed;
  auto page = co_await list(query, deadline);
  if (page) std::erase_if(page->jobs, [](const Job& job) { return !job.dead_lettered; });
  co_return page;
}

awaitable<Result<Claim>> MemoryStore::claim(JobId id, std::string worker, Deadline) {
  const auto job = apply(id, "claim", [&](Job before) {
    return soundbite::claim(std::move(before), worker, clock_.now(), lease_, policy, jitter);
  });
  if (!job) co_return std::unexpected(job.error());
  co_return Claim{*job, records.at(id).second};
}

awaitable<Result<Job>> MemoryStore::heartbeat(JobId id, std::int64_t attempt, double progress, Deadline) {
  co_return apply(id, "heartbeat", [&](Job job) {
    return soundbite::heartbeat(std::move(job), attempt, progress, clock_.now(), lease_);
  });
}

awaitable<Result<Job>> MemoryStore::complete(JobId id, std::int64_t attempt, Output output, Deadline) {
  co_return apply(id, "complete",
                  [&](Job job) { return soundbite::complete(std::move(job), attempt, output, clock_.now()); });
}

awaitable<Result<Job>> MemoryStore::fail_attempt(JobId id, std::int64_t attempt, Error error, Deadline) {
  co_return apply(id, "fail_attempt", [&](Job job) {
    return soundbite::fail_attempt(std::move(job), attempt, error, clock_.now(), policy, jitter);
  });
}

awaitable<Result<Job>> MemoryStore::give_back(JobId id, std::int64_t attempt, Deadline) {
  co_return apply(id, "give_back",
                  [&](Job job) { return soundbite::give_back(std::move(job), attempt, clock_.now()); });
}

awaitable<Result<Job>> MemoryStore::cancel(JobId id, Owner owner, Deadline) {
  if (!find(id, &owner)) co_return no_such_job();
  co_return apply(id, "cancel", [&](Job job) { return soundbite::cancel(std::move(job), clock_.now()); });
}

awaitable<Result<Job>> MemoryStore::retry(JobId id, Owner owner, Deadline) {
  if (!find(id, &owner)) co_return no_such_job();
  co_return apply(id, "retry",
                  [&](Job job) { return soundbite::retry(std::move(job), clock_.now(), std::chrono::hours(1)); });
}

awaitable<Result<Job>> MemoryStore::remove(JobId id, Owner owner, Deadline) {
  const Job* job = find(id, &owner);
  if (!job) co_return no_such_job();
  const Job gone = *job;
  records.erase(id);
  changed_.notify();
  co_return gone;
}

awaitable<Result<SweepResult>> MemoryStore::sweep(std::size_t limit, Deadline) {
  if (auto error = take_failure("sweep")) co_return std::unexpected(*error);
  SweepResult result;
  for (auto record = records.begin(); record != records.end() && limit > 0;) {
    Job& job = record->second.first;
    const Time now = clock_.now();
    if (job.expires_at <= now) {
      if (job.output) std::ranges::move(blob_keys_of(*job.output), std::back_inserter(result.orphan_keys));
      record = records.erase(record);
      --limit;
      continue;
    }
    if (job.status == Status::processing && job.lease->until < now) {
      job = *interrupt(job, now, policy, jitter);
      ++result.interrupted;
      --limit;
    }
    ++record;
  }
  changed_.notify();
  co_return result;
}

awaitable<Result<std::vector<std::string>>> MemoryStore::orphans_among(std::vector<std::string> keys, Deadline) {
  std::erase_if(keys, [&](const std::string& key) {
    if (key.starts_with("files/")) {
      const auto id = FileId::parse(key.substr(6, 36));  // files/{id}/…
      return id && files.records.contains(*id);
    }
    const auto id = JobId::parse(key.substr(5, 36));  // jobs/{id}/{attempt}/…
    const Job* job = id ? find(*id, nullptr) : nullptr;
    if (!job) return false;
    if (job->output) {
      const auto owned = blob_keys_of(*job->output);
      return std::ranges::find(owned, key) != owned.end();
    }
    return job->status == Status::processing && std::stoll(key.substr(42)) >= job->attempt;
  });
  co_return keys;
}

awaitable<Result<JobCounts>> MemoryStore::counts(Deadline) {
  if (auto error = take_failure("counts")) co_return std::unexpected(*error);
  JobCounts counts;
  for (const auto& [id, record] : records) {
    switch (record.first.status) {
      case Status::pending: ++counts.pending; break;
      case Status::processing: ++counts.processing; break;
      case Status::ready: ++counts.ready; break;
      case Status::failed: ++counts.failed; break;
      case Status::cancelled: ++counts.cancelled; break;
    }
    if (record.first.dead_lettered) ++counts.dead_lettered;
  }
  co_return counts;
}

awaitable<Result<std::vector<Message>>> MemoryStore::receive(std::size_t limit, Deadline deadline) {
  while (true) {
    if (auto error = take_failure("receive")) co_return std::unexpected(*error);
    std::vector<Message> messages;
    for (const auto& [id, record] : records) {
      const Job& job = record.first;
      if (job.status != Status::pending || job.due_at > clock_.now() || messages.size() == limit) continue;
      if (handed_out.insert(id).second) messages.push_back({id, {}});
    }
    if (!messages.empty() || deadline.passed()) co_return messages;
    co_await changed_.wait(deadline);
  }
}

awaitable<Result<void>> MemoryStore::acknowledge(Message message, Deadline) {
  handed_out.erase(message.id);
  changed_.notify();
  co_return Result<void>{};
}

awaitable<Result<Scratch>> MemoryStore::scratch(Deadline) {
  if (auto error = take_failure("scratch")) co_return std::unexpected(*error);
  co_return Scratch{File(::memfd_create("scratch", MFD_CLOEXEC))};
}

awaitable<Result<void>> MemoryStore::put(std::string key, Scratch scratch, Deadline) {
  if (auto error = take_failure("put")) co_return std::unexpected(*error);
  if (blob_bytes.contains(key)) co_return fail(ErrorCode::conflict, "the key exists");
  std::string bytes(scratch.file.size().value(), '\0');
  (void)scratch.file.read_at(std::as_writable_bytes(std::span(bytes)), 0);
  blob_bytes[key] = std::move(bytes);
  co_return Result<void>{};
}

awaitable<Result<Blob>> MemoryStore::open(std::string key, Deadline) {
  const auto found = blob_bytes.find(key);
  if (found == blob_bytes.end()) co_return fail(ErrorCode::not_found, "no such blob");
  File file(::memfd_create("blob", MFD_CLOEXEC));
  (void)file.write_all(std::as_bytes(std::span(found->second)));
  co_return Blob{std::move(file), found->second.size()};
}

awaitable<Result<void>> MemoryStore::remove(std::string key, Deadline) {
  if (auto error = take_failure("remove_blob")) co_return std::unexpected(*error);
  blob_bytes.erase(key);
  co_return Result<void>{};
}

awaitable<Result<BlobPage>> MemoryStore::list(std::string after, std::size_t limit, Milliseconds, Deadline) {
  BlobPage page;
  for (auto blob = blob_bytes.upper_bound(after); blob != blob_bytes.end(); ++blob) {
    if (page.keys.size() == limit) {
      page.next = page.keys.back();
      break;
    }
    page.keys.push_back(blob->first);
  }
  co_return page;
}

}  // namespace soundbite
