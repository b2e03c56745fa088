// The tables, step by step from the first release on. A step that was released never changes.
#include <array>

#include "adapter/embedded/statements.h"

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

// Recordings. A file's bytes are the blob of its id, those of an upload under way a file of its own; here are the
// records. kept: how many bytes of an upload count. job_file: which jobs use a file; unsettled is 1 for as long as the
// job is pending or processing, and only such rows are in the index, so that a file used by many jobs that are done is
// deleted as fast as any. source: 0 text, 1 file, 2 url. output_extras: a JSON object, for the few outputs that have
// any.
constexpr std::string_view version_2 = R"(
CREATE TABLE file (
  seq           INTEGER PRIMARY KEY,
  id            BLOB    NOT NULL UNIQUE,
  environment   TEXT    NOT NULL,
  tenant_id     TEXT    NOT NULL,
  user_id       TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  content_type  TEXT    NOT NULL,
  bytes         INTEGER NOT NULL,
  sha256        TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
);
CREATE INDEX file_of_owner ON file (tenant_id, user_id, id);
CREATE INDEX file_expiry ON file (expires_at);

CREATE TABLE upload (
  seq           INTEGER PRIMARY KEY,
  id            BLOB    NOT NULL UNIQUE,
  environment   TEXT    NOT NULL,
  tenant_id     TEXT    NOT NULL,
  user_id       TEXT    NOT NULL,
  length        INTEGER,
  kept          INTEGER NOT NULL,
  metadata      TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  file_id       BLOB
);
CREATE INDEX upload_expiry ON upload (expires_at);

CREATE TABLE job_file (
  job_seq    INTEGER NOT NULL,
  file_id    BLOB    NOT NULL,
  unsettled  INTEGER NOT NULL,
  PRIMARY KEY (job_seq, file_id)
) WITHOUT ROWID;
CREATE INDEX job_file_in_use ON job_file (file_id) WHERE unsettled = 1;

ALTER TABLE job ADD COLUMN source INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN file_id BLOB;
ALTER TABLE job ADD COLUMN url TEXT;
ALTER TABLE job ADD COLUMN output_extras TEXT;

ALTER TABLE counts ADD COLUMN files INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counts ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counts ADD COLUMN uploads INTEGER NOT NULL DEFAULT 0;
)";

constexpr std::array<std::string_view, 2> steps = {version_1, version_2};

}  // namespace

std::span<const std::string_view> migrations() { return steps; }

}  // namespace soundbite::embedded
