// What may happen to a job, as pure functions: each takes the record, checks that the step is legal and returns the
// record after it. Stores load, apply, and write under their own condition, so that one set of rules holds on every
// store.
#pragma once

#include <string>

#include "base/error.h"
#include "base/time.h"
#include "job/job.h"
#include "job/retry_policy.h"

namespace soundbite {

// pending and due, or processing with a lease that ran out → processing; attempt + 1. A lease that ran out counts as an
// interruption; the one past the policy's limit fails the job instead (status failed, dead-lettered; the caller sees it
// in the result). Errors: conflict (held, settled, or not due yet).
Result<Job> claim(Job job, const std::string& owner, Time now, Milliseconds lease, const RetryPolicy& policy,
                  double jitter);

// Extends the lease and records progress (which never falls within an attempt).
// Errors: conflict when `attempt` is no longer the caller's: stop work and publish nothing.
Result<Job> heartbeat(Job job, std::int64_t attempt, double progress, Time now, Milliseconds lease);

// processing → ready. Errors: conflict as for heartbeat.
Result<Job> complete(Job job, std::int64_t attempt, Output output, Time now);

// A worker reports a failure. A retryable error under the policy's limit → pending, due after a backoff; else → failed
// (dead-lettered only when retries ran out). storage_full → pending without counting an attempt. Errors: conflict as
// for heartbeat.
Result<Job> fail_attempt(Job job, std::int64_t attempt, const Error& error, Time now, const RetryPolicy& policy,
                         double jitter);

// The worker stops (shutdown): processing → pending, due now, nothing counted. Errors: conflict as for heartbeat.
Result<Job> give_back(Job job, std::int64_t attempt, Time now);

// The lease ran out or its owner is known dead: processing → pending, interruption counted (or failed past the limit).
// Errors: conflict.
Result<Job> interrupt(Job job, Time now, const RetryPolicy& policy, double jitter);

// pending or processing → cancelled. A job that is cancelled already stays as it is. Errors: conflict when ready or
// failed.
Result<Job> cancel(Job job, Time now);

// failed or cancelled → pending with attempts and interruptions at 0. Errors: conflict in other states.
Result<Job> retry(Job job, Time now, Milliseconds record_life);

}  // namespace soundbite
