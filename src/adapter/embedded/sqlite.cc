#include "adapter/embedded/sqlite.h"

#include <cerrno>

namespace soundbite::embedded {

namespace {

ErrorCode code_of(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_FULL: return ErrorCode::storage_full;
    case SQLITE_IOERR:
      return system_error == ENOSPC || system_error == EDQUOT ? ErrorCode::storage_full : ErrorCode::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM: return ErrorCode::unavailable;
    case SQLITE_CONSTRAINT: return ErrorCode::conflict;
    case SQLITE_INTERRUPT: return ErrorCode::cancelled;
    case SQLITE_TOOBIG: return ErrorCode::invalid;
    default: return ErrorCode::internal;
  }
}

bool breaks_the_handle(int code) {
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_CONSTRAINT:
    case SQLITE_INTERRUPT:
    case SQLITE_TOOBIG: return false;
    default: return true;
  }
}

// WAL lives in the file; the rest is per connection. FULL: the log is synced before COMMIT answers. FAST: deleted text
// is overwritten where that costs no extra write. Checkpoints are ours to start (writer.h), also on close.
constexpr std::string_view settings =
    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; "
    "PRAGMA secure_delete = FAST; PRAGMA journal_size_limit = 33554432; PRAGMA trusted_schema = OFF;";

constexpr int busy_ms = 2'000;  // only another program (a sqlite3 shell) can hold the file

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::bind_next(std::string_view text) {
  took(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
}

void Query::bind_next(std::span<const std::uint8_t> blob) {
  static constexpr std::uint8_t nothing = 0;
  took(sqlite3_bind_blob64(statement_, ++bound_, blob.empty() ? &nothing : blob.data(), blob.size(), SQLITE_STATIC));
}

Result<bool> Query::next() {
  if (statement_ == nullptr) return std::unexpected(*connection_.broken());
  if (failed_ != SQLITE_OK) return std::unexpected(connection_.error(failed_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(connection_.error(code));
}

Result<void> Query::run() {
  const auto row = next();
  if (!row) return std::unexpected(row.error());
  return {};
}

std::string_view Query::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, sqlite3_column_bytes(statement_, column));
}

std::span<const std::uint8_t> Query::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, std::size_t(sqlite3_column_bytes(statement_, column))};
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode) {
  sqlite3* handle = nullptr;
  const int flags = (mode == Mode::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  if (handle == nullptr) return fail(ErrorCode::unavailable, "no memory for a connection to " + path);
  auto connection = std::make_unique<Connection>(handle);
  if (code != SQLITE_OK) return std::unexpected(connection->error(code));
  sqlite3_busy_timeout(handle, busy_ms);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  auto set = connection->execute(settings);
  if (set) set = connection->execute(mode == Mode::write ? "PRAGMA cache_size = -16000" : "PRAGMA cache_size = -4000");
  if (!set) return std::unexpected(set.error());
  return connection;
}

Connection::~Connection() {
  for (auto* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Query Connection::query(Sql statement) {
  auto& prepared = statements_[std::size_t(statement)];
  if (prepared == nullptr) {
    const auto text = text_of(statement);
    const int code =
        sqlite3_prepare_v3(handle_, text.data(), int(text.size()), SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) {
      Error failure = error(code);
      if (!broken_) broken_ = std::move(failure);
    }
  }
  return Query(*this, prepared);
}

Result<void> Connection::execute(std::string_view script) {
  const int code = sqlite3_exec(handle_, std::string(script).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  return {};
}

Result<std::string> Connection::text_of_first(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_, sql.c_str(), int(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(code));
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owned(statement, &sqlite3_finalize);
  Query query(*this, statement);
  const auto row = query.next();
  if (!row) return std::unexpected(row.error());
  return *row ? std::string(query.text(0)) : std::string();
}

Result<std::int64_t> Connection::integer_of(const std::string& sql) {
  const auto text = text_of_first(sql);
  if (!text) return std::unexpected(text.error());
  return std::strtoll(text->c_str(), nullptr, 10);
}

Error Connection::error(int code) {
  const int system_error = (code & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(handle_) : 0;
  std::string message = "the database: " + std::string(sqlite3_errmsg(handle_));
  if (system_error != 0)
    message += " (" + error_from_errno(system_error, "errno " + std::to_string(system_error)).message + ")";
  Error error{code_of(code, system_error), std::move(message), {}};
  if (breaks_the_handle(code) && !broken_) {
    broken_ = error;
    out_of_room_ = (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_WRITE;
    out_of_room_ = out_of_room_ && error.code == ErrorCode::storage_full;
  }
  return error;
}

}  // namespace soundbite::embedded
