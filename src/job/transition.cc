#include "job/transition.h"

#include <algorithm>

namespace soundbite {

namespace {

std::unexpected<Error> illegal(const Job& job, std::string_view step) {
  return fail(ErrorCode::conflict,
              "a job that is " + std::string(name_of(job.status)) + " cannot be " + std::string(step));
}

Job changed(Job job, Time now) {
  ++job.version;
  job.updated_at = std::max(now, job.updated_at);
  return job;
}

// The fence: only the attempt that holds the job may speak for it.
bool held_by(const Job& job, std::int64_t attempt) {
  return job.status == Status::processing && job.attempt == attempt;
}

std::unexpected<Error> lost_hold(const Job& job) {
  return fail(ErrorCode::conflict,
              "this attempt no longer holds the job, which is " + std::string(name_of(job.status)));
}

Job settle(Job job, Status status, Time now) {
  job.status = status;
  job.lease.reset();
  job.settled_at = now;
  return changed(std::move(job), now);
}

Job back_to_pending(Job job, Time due, Time now) {
  job.status = Status::pending;
  job.lease.reset();
  job.due_at = due;
  job.progress = 0;
  return changed(std::move(job), now);
}

Job dead_letter(Job job, Problem problem, Time now) {
  job.error = std::move(problem);
  job.dead_lettered = true;
  return settle(std::move(job), Status::failed, now);
}

}  // namespace

Result<Job> interrupt(Job job, Time now, const RetryPolicy& policy, double jitter) {
  if (job.status != Status::processing) return illegal(job, "interrupted");
  ++job.interruptions;
  if (job.interruptions > policy.max_interruptions) {
    std::string detail = "the worker stopped before it finished, " + std::to_string(job.interruptions) + " times";
    return dead_letter(std::move(job), {find_problem_type("interrupted"), std::move(detail), {}}, now);
  }
  // The first time it is the worker's bad luck; a job that takes its workers down with it is slowed.
  const Milliseconds pause = job.interruptions == 1 ? Milliseconds(0) : backoff(policy, job.interruptions - 1, jitter);
  return back_to_pending(std::move(job), now + pause, now);
}

Result<Job> claim(Job job, const std::string& owner, Time now, Milliseconds lease, const RetryPolicy& policy,
                  double jitter) {
  if (job.status == Status::processing && job.lease && job.lease->until < now) {
    auto returned = interrupt(std::move(job), now, policy, jitter);
    if (!returned || settled(returned->status)) return returned;
    job = std::move(*returned);
    job.due_at = now;  // someone is here to do it: no reason to wait
  }
  if (job.status != Status::pending) return illegal(job, "claimed");
  if (job.due_at > now) return fail(ErrorCode::conflict, "the job is not due yet");
  job.status = Status::processing;
  ++job.attempt;
  job.progress = 0;
  job.started_at = now;
  job.lease = Lease{owner, now + lease};
  return changed(std::move(job), now);
}

Result<Job> heartbeat(Job job, std::int64_t attempt, double progress, Time now, Milliseconds lease) {
  if (!held_by(job, attempt)) return lost_hold(job);
  job.progress = std::max(job.progress, std::clamp(progress, 0.0, 1.0));
  job.lease->until = std::max(job.lease->until, now + lease);
  return changed(std::move(job), now);
}

Result<Job> complete(Job job, std::int64_t attempt, Output output, Time now) {
  if (!held_by(job, attempt)) return lost_hold(job);
  job.output = std::move(output);
  job.error.reset();
  job.progress = 1;
  return settle(std::move(job), Status::ready, now);
}

Result<Job> fail_attempt(Job job, std::int64_t attempt, const Error& error, Time now, const RetryPolicy& policy,
                         double jitter) {
  if (!held_by(job, attempt)) return lost_hold(job);
  if (error.code == ErrorCode::storage_full) {  // the disk's state, not the job's fault
    return back_to_pending(std::move(job), now + backoff(policy, 1, jitter), now);
  }
  ++job.attempts;
  Problem problem = to_problem(error);
  if (!retryable(error.code)) {
    job.error = std::move(problem);
    return settle(std::move(job), Status::failed, now);
  }
  if (job.attempts >= policy.max_attempts) return dead_letter(std::move(job), std::move(problem), now);
  job.error = std::move(problem);
  const Time due = now + backoff(policy, job.attempts, jitter);
  return back_to_pending(std::move(job), due, now);
}

Result<Job> give_back(Job job, std::int64_t attempt, Time now) {
  if (!held_by(job, attempt)) return lost_hold(job);
  return back_to_pending(std::move(job), now, now);
}

Result<Job> cancel(Job job, Time now) {
  if (job.status == Status::cancelled) return job;
  if (settled(job.status)) return illegal(job, "cancelled");
  return settle(std::move(job), Status::cancelled, now);
}

Result<Job> retry(Job job, Time now, Milliseconds record_life) {
  if (job.status != Status::failed && job.status != Status::cancelled) return illegal(job, "retried");
  job.attempts = 0;
  job.interruptions = 0;
  job.dead_lettered = false;
  job.error.reset();
  job.settled_at.reset();
  job.started_at.reset();
  job.expires_at = now + record_life;
  return back_to_pending(std::move(job), now, now);
}

}  // namespace soundbite
