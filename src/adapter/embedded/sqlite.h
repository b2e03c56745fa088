// The few calls of SQLite that the store needs, with our errors.
#pragma once

#include <sqlite3.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapter/embedded/statements.h"
#include "base/error.h"
#include "base/id.h"
#include "base/time.h"

namespace soundbite::embedded {

class Connection;

// One use of a prepared statement: bind, then run() or next(). Text and blobs are not copied: what was bound must
// outlive the query. Ready for its next use when this one is destroyed.
class Query {
 public:
  Query(Connection& connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // The next parameters, from the first on.
  template <class... Values>
  Query& bind(const Values&... values) {
    (bind_next(values), ...);
    return *this;
  }

  // True when there is a row.
  Result<bool> next();
  // For statements without rows.
  Result<void> run();

  bool null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  // Both valid until the next row.
  std::string_view text(int column) const;
  std::span<const std::uint8_t> blob(int column) const;

 private:
  void bind_next(std::integral auto value) { took(sqlite3_bind_int64(statement_, ++bound_, std::int64_t(value))); }
  void bind_next(double value) { took(sqlite3_bind_double(statement_, ++bound_, value)); }
  void bind_next(std::string_view text);
  void bind_next(const std::string& text) { bind_next(std::string_view(text)); }
  void bind_next(std::span<const std::uint8_t> blob);
  template <class Tag>
  void bind_next(const Id<Tag>& id) {
    bind_next(std::span<const std::uint8_t>(id.bytes));
  }
  void bind_next(Time time) { bind_next(time.time_since_epoch().count()); }
  template <class T>
  void bind_next(const std::optional<T>& value) {
    if (value) {
      bind_next(*value);
    } else {
      ++bound_;
    }
  }
  void took(int code) {
    if (code != SQLITE_OK && failed_ == SQLITE_OK) failed_ = code;
  }

  Connection& connection_;
  sqlite3_stmt* statement_;  // null: it could not be prepared; the connection knows why
  int bound_ = 0;
  int failed_ = SQLITE_OK;
};

// One connection with its prepared statements. For one thread at a time.
class Connection {
 public:
  enum class Mode { write, read };

  // Errors: unavailable, storage_full, corrupt.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode);

  explicit Connection(sqlite3* handle) : handle_(handle) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Query query(Sql statement);
  // Statements without rows.
  Result<void> execute(std::string_view script);
  // The first column of the first row.
  Result<std::int64_t> integer_of(const std::string& sql);
  Result<std::string> text_of_first(const std::string& sql);

  // Set by a failure of the disk, of memory or of the file's form: what such a handle did before is in doubt, so close
  // it and open another; never repeat a call on it.
  const std::optional<Error>& broken() const { return broken_; }
  // Broken only because there was no room, at a write and not at a sync: nothing was committed, nothing is in doubt.
  bool out_of_room() const { return out_of_room_; }

  sqlite3* handle() const { return handle_; }
  // The error for `code`, which the last call on this connection answered.
  Error error(int code);

 private:
  sqlite3* handle_;
  std::array<sqlite3_stmt*, std::size_t(Sql::number_of_statements)> statements_{};
  std::optional<Error> broken_;
  bool out_of_room_ = false;
};

}  // namespace soundbite::embedded
