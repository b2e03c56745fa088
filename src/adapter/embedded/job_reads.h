// What is asked of the job table by readers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/embedded/sqlite.h"
#include "base/error.h"
#include "job/job.h"
#include "port/job_store.h"

namespace soundbite::embedded {

// Errors: not_found.
Result<Job> find_job(Connection& connection, JobId id);
Result<JobPage> list_jobs(Connection& connection, const ListQuery& query, Time now);
// Of every owner: the operator's view.
Result<JobPage> list_dead_letters(Connection& connection, const ListQuery& query, Time now);

Result<std::vector<JobId>> due_jobs(Connection& connection, Time now, std::size_t limit);
Result<std::optional<Time>> next_due(Connection& connection, Time now);
Result<std::optional<Time>> oldest_due(Connection& connection, Time now);

// True when the job that `key` was made for cannot own it: it is gone, has settled without it, or is past that attempt.
// Keys of another form than jobs/{id}/{attempt}/… are nobody's to judge: false.
Result<bool> is_orphan(Connection& connection, const std::string& key);

}  // namespace soundbite::embedded
