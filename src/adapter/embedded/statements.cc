#include "adapter/embedded/statements.h"

#include <utility>

namespace soundbite::embedded {

namespace {

#define JOB_COLUMNS                                                                                                  \
  "id, environment, tenant_id, user_id, status, progress, attempts, interruptions, attempt, version, created_at, "   \
  "updated_at, expires_at, due_at, started_at, settled_at, lease_owner, lease_until, dead_lettered, characters, "    \
  "voice_id, metadata, format, sample_rate, channels, bytes, duration_s, sha256, blob_key, error, source, file_id, " \
  "url, output_extras"

#define FILE_COLUMNS "id, environment, tenant_id, user_id, name, content_type, bytes, sha256, created_at, expires_at"

#define UPLOAD_COLUMNS \
  "id, environment, tenant_id, user_id, length, kept, metadata, name, created_at, expires_at, file_id"

// The bounds on id come first in every list, so that a page costs its own rows and not the table's.
#define LIST_BOUNDS "id >= ?1 AND id < ?2 AND created_at > ?3 AND created_at < ?4 AND expires_at > ?5"

}  // namespace

std::string_view text_of(Sql statement) {
  switch (statement) {
    case Sql::begin: return "BEGIN IMMEDIATE";
    case Sql::commit: return "COMMIT";
    case Sql::savepoint: return "SAVEPOINT operation";
    case Sql::release: return "RELEASE operation";
    case Sql::rollback_to: return "ROLLBACK TO operation";
    case Sql::load_job: return "SELECT " JOB_COLUMNS " FROM job WHERE id = ?1";
    case Sql::load_spec: return "SELECT spec FROM job_spec WHERE seq = (SELECT seq FROM job WHERE id = ?1)";
    case Sql::insert_job:
      return "INSERT INTO job (" JOB_COLUMNS
             ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
             "?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)";
    case Sql::insert_spec: return "INSERT INTO job_spec (seq, spec) VALUES (last_insert_rowid(), ?1)";
    case Sql::update_job:
      return "UPDATE job SET status = ?2, progress = ?3, attempts = ?4, interruptions = ?5, attempt = ?6, "
             "version = ?7, updated_at = ?8, due_at = ?9, started_at = ?10, settled_at = ?11, lease_owner = ?12, "
             "lease_until = ?13, dead_lettered = ?14, format = ?15, sample_rate = ?16, channels = ?17, bytes = ?18, "
             "duration_s = ?19, sha256 = ?20, blob_key = ?21, error = ?22, "
             "output_extras = ?23 WHERE id = ?1";
    case Sql::update_expiry: return "UPDATE job SET expires_at = ?2 WHERE id = ?1";
    case Sql::delete_spec: return "DELETE FROM job_spec WHERE seq = (SELECT seq FROM job WHERE id = ?1)";
    // Behind insert_spec, whose row has the job's number. A recipe may name a file twice.
    case Sql::insert_job_file:
      return "INSERT INTO job_file (job_seq, file_id, unsettled) VALUES (last_insert_rowid(), ?1, 1) "
             "ON CONFLICT DO NOTHING";
    case Sql::mark_job_files:
      return "UPDATE job_file SET unsettled = ?2 WHERE job_seq = (SELECT seq FROM job WHERE id = ?1)";
    case Sql::delete_job_files: return "DELETE FROM job_file WHERE job_seq = (SELECT seq FROM job WHERE id = ?1)";
    case Sql::delete_job: return "DELETE FROM job WHERE id = ?1";
    case Sql::find_idempotency:
      return "SELECT fingerprint, expires_at, status, headers, body FROM idempotency WHERE scope_hash = ?1";
    case Sql::put_idempotency:
      return "INSERT INTO idempotency (scope_hash, fingerprint, expires_at, status, headers, body) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (scope_hash) DO UPDATE SET "
             "fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = excluded.status, "
             "headers = excluded.headers, body = excluded.body";
    case Sql::expire_idempotency:
      return "DELETE FROM idempotency WHERE seq IN "
             "(SELECT seq FROM idempotency WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
    case Sql::list_jobs:
      return "SELECT " JOB_COLUMNS " FROM job WHERE " LIST_BOUNDS
             " AND tenant_id = ?7 AND user_id = ?8 ORDER BY id DESC LIMIT ?6";
    case Sql::list_jobs_by_status:
      return "SELECT " JOB_COLUMNS " FROM job WHERE " LIST_BOUNDS
             " AND tenant_id = ?7 AND user_id = ?8 AND status = ?9 ORDER BY id DESC LIMIT ?6";
    case Sql::list_dead_letters:
      return "SELECT " JOB_COLUMNS " FROM job WHERE " LIST_BOUNDS " AND dead_lettered = 1 ORDER BY id DESC LIMIT ?6";
    case Sql::due_jobs: return "SELECT id FROM job WHERE status = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2";
    case Sql::next_due: return "SELECT due_at FROM job WHERE status = 0 AND due_at > ?1 ORDER BY due_at LIMIT 1";
    case Sql::oldest_due:
      return "SELECT created_at FROM job WHERE status = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT 1";
    case Sql::lapsed_leases:
      return "SELECT id FROM job WHERE status = 1 AND lease_until < ?1 ORDER BY lease_until LIMIT ?2";
    case Sql::expired_jobs: return "SELECT id FROM job WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
    case Sql::load_counts:
      return "SELECT pending, processing, ready, failed, cancelled, dead_lettered, files, file_bytes, uploads "
             "FROM counts WHERE one = 1";
    case Sql::store_counts:
      return "UPDATE counts SET pending = ?1, processing = ?2, ready = ?3, failed = ?4, cancelled = ?5, "
             "dead_lettered = ?6, files = ?7, file_bytes = ?8, uploads = ?9 WHERE one = 1";
    case Sql::insert_file:
      return "INSERT INTO file (" FILE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    case Sql::load_file: return "SELECT " FILE_COLUMNS " FROM file WHERE id = ?1";
    case Sql::list_files:
      return "SELECT " FILE_COLUMNS
             " FROM file WHERE tenant_id = ?1 AND user_id = ?2 AND id < ?3 AND expires_at > ?4 "
             "ORDER BY id DESC LIMIT ?5";
    case Sql::delete_file: return "DELETE FROM file WHERE id = ?1";
    case Sql::job_using_file:
      return "SELECT job.id FROM job_file CROSS JOIN job ON job.seq = job_file.job_seq "
             "WHERE job_file.file_id = ?1 AND job_file.unsettled = 1 LIMIT 1";
    case Sql::expired_files:
      return "SELECT " FILE_COLUMNS
             " FROM file WHERE expires_at <= ?1 AND NOT EXISTS (SELECT 1 FROM job_file "
             "WHERE job_file.file_id = file.id AND job_file.unsettled = 1) ORDER BY expires_at LIMIT ?2";
    case Sql::insert_upload:
      return "INSERT INTO upload (" UPLOAD_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    case Sql::load_upload: return "SELECT " UPLOAD_COLUMNS " FROM upload WHERE id = ?1";
    case Sql::update_upload: return "UPDATE upload SET length = ?2, kept = ?3, file_id = ?4 WHERE id = ?1";
    case Sql::delete_upload: return "DELETE FROM upload WHERE id = ?1";
    case Sql::expired_uploads: return "SELECT id FROM upload WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";
    case Sql::number_of_statements: break;
  }
  std::unreachable();
}

}  // namespace soundbite::embedded
