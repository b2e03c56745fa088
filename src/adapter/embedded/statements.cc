#include "adapter/embedded/statements.h"

#include <array>
#include <utility>

namespace soundbite::embedded {

namespace {

// A job is a small row; what was asked in full lies in job_spec, so that lists and status reads never touch it.
// status: 0 pending, 1 processing, 2 ready, 3 failed, 4 cancelled. Times: milliseconds since 1970, UTC.
// Ids are UUID version 7: their order is the order in which the jobs were made.
constexpr std::string_view version_1 = R"(
CREATE TABLE job (
  seq            INTEGER PRIMARY KEY,
  id             BLOB    NOT NULL UNIQUE,
  environment    TEXT    NOT NULL,
  tenant_id      TEXT    NOT NULL,
  user_id        TEXT    NOT NULL,
  status         INTEGER NOT NULL,
  progress       REAL    NOT NULL,
  attempts       INTEGER NOT NULL,
  interruptions  INTEGER NOT NULL,
  attempt        INTEGER NOT NULL,
  version        INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  due_at         INTEGER NOT NULL,
  started_at     INTEGER,
  settled_at     INTEGER,
  lease_owner    TEXT,
  lease_until    INTEGER,
  dead_lettered  INTEGER NOT NULL,
  characters     INTEGER NOT NULL,
  voice_id       TEXT    NOT NULL,
  metadata       TEXT,
  format         TEXT,
  sample_rate    INTEGER,
  channels       INTEGER,
  bytes          INTEGER,
  duration_s     REAL,
  sha256         TEXT,
  blob_key       TEXT,
  error          TEXT
);
CREATE INDEX job_of_owner ON job (tenant_id, user_id, id);
CREATE INDEX job_of_owner_by_status ON job (tenant_id, user_id, status, id);
CREATE INDEX job_due ON job (due_at, id) WHERE status = 0;
CREATE INDEX job_lease ON job (lease_until) WHERE status = 1;
CREATE INDEX job_dead_letter ON job (id) WHERE dead_lettered = 1;
CREATE INDEX job_expiry ON job (expires_at);

CREATE TABLE job_spec (
  seq  INTEGER PRIMARY KEY,
  spec TEXT NOT NULL
);

CREATE TABLE idempotency (
  seq         INTEGER PRIMARY KEY,
  scope_hash  BLOB    NOT NULL UNIQUE,
  fingerprint BLOB    NOT NULL,
  expires_at  INTEGER NOT NULL,
  status      INTEGER NOT NULL,
  headers     TEXT    NOT NULL,
  body        BLOB    NOT NULL
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE counts (
  one           INTEGER PRIMARY KEY CHECK (one = 1),
  pending       INTEGER NOT NULL,
  processing    INTEGER NOT NULL,
  ready         INTEGER NOT NULL,
  failed        INTEGER NOT NULL,
  cancelled     INTEGER NOT NULL,
  dead_lettered INTEGER NOT NULL
);
INSERT INTO counts VALUES (1, 0, 0, 0, 0, 0, 0);
)";

constexpr std::array<std::string_view, 1> steps = {version_1};

#define JOB_COLUMNS                                                                                                \
  "id, environment, tenant_id, user_id, status, progress, attempts, interruptions, attempt, version, created_at, " \
  "updated_at, expires_at, due_at, started_at, settled_at, lease_owner, lease_until, dead_lettered, characters, "  \
  "voice_id, metadata, format, sample_rate, channels, bytes, duration_s, sha256, blob_key, error"

// The bounds on id come first in every list, so that a page costs its own rows and not the table's.
#define LIST_BOUNDS "id >= ?1 AND id < ?2 AND created_at > ?3 AND created_at < ?4 AND expires_at > ?5"

}  // namespace

std::span<const std::string_view> migrations() { return steps; }

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
             "?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)";
    case Sql::insert_spec: return "INSERT INTO job_spec (seq, spec) VALUES (last_insert_rowid(), ?1)";
    case Sql::update_job:
      return "UPDATE job SET status = ?2, progress = ?3, attempts = ?4, interruptions = ?5, attempt = ?6, "
             "version = ?7, updated_at = ?8, due_at = ?9, started_at = ?10, settled_at = ?11, lease_owner = ?12, "
             "lease_until = ?13, dead_lettered = ?14, format = ?15, sample_rate = ?16, channels = ?17, bytes = ?18, "
             "duration_s = ?19, sha256 = ?20, blob_key = ?21, error = ?22 WHERE id = ?1";
    case Sql::update_expiry: return "UPDATE job SET expires_at = ?2 WHERE id = ?1";
    case Sql::delete_spec: return "DELETE FROM job_spec WHERE seq = (SELECT seq FROM job WHERE id = ?1)";
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
      return "SELECT pending, processing, ready, failed, cancelled, dead_lettered FROM counts WHERE one = 1";
    case Sql::store_counts:
      return "UPDATE counts SET pending = ?1, processing = ?2, ready = ?3, failed = ?4, cancelled = ?5, "
             "dead_lettered = ?6 WHERE one = 1";
    case Sql::number_of_statements: break;
  }
  std::unreachable();
}

}  // namespace soundbite::embedded
