// Every SQL statement of the embedded store, by name, and the steps that make its tables. Kept in one place so that a
// test can ask SQLite how it would run each of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace soundbite::embedded {

enum class Sql : std::uint8_t {
  begin,
  commit,
  savepoint,
  release,
  rollback_to,
  load_job,
  load_spec,
  insert_job,
  insert_spec,
  update_job,
  update_expiry,
  delete_spec,
  insert_job_file,
  mark_job_files,
  delete_job_files,
  delete_job,
  find_idempotency,
  put_idempotency,
  expire_idempotency,
  list_jobs,
  list_jobs_by_status,
  list_dead_letters,
  due_jobs,
  next_due,
  oldest_due,
  lapsed_leases,
  expired_jobs,
  load_counts,
  store_counts,
  insert_file,
  load_file,
  list_files,
  delete_file,
  job_using_file,
  expired_files,
  insert_upload,
  load_upload,
  update_upload,
  delete_upload,
  expired_uploads,
  number_of_statements
};

std::string_view text_of(Sql statement);

// Marks the file as ours (PRAGMA application_id): "SBit".
inline constexpr std::int32_t application_id = 0x53426974;

// migrations.cc. Step i takes a folder of version i to version i + 1 (PRAGMA user_version).
std::span<const std::string_view> migrations();

}  // namespace soundbite::embedded
