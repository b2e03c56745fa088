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

// The file that a key files/{id}/… belongs to.
std::optional<FileId> file_of_key(std::string_view key);

// True when nobody owns the blob `key` nor may still come to: of jobs/{id}/{attempt}/…, when the job is gone, has
// settled with other blobs, or is past that attempt; of files/{id}/…, when there is no such file. Keys of another form
// are nobody's to judge: false.
Result<bool> is_orphan(Connection& connection, const std::string& key);

}  // namespace soundbite::embedded
