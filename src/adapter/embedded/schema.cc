#include "adapter/embedded/schema.h"

#include <fcntl.h>

#include <cerrno>

#include "base/file.h"

namespace soundbite::embedded {

namespace {

std::unexpected<Error> not_ours(const std::string& path) {
  return fail(ErrorCode::corrupt, path + " is not a SoundBite database: move it away, or choose another --data-dir");
}

std::unexpected<Error> newer(const std::string& path, std::int64_t version) {
  return fail(ErrorCode::corrupt, path + " has schema version " + std::to_string(version) + ", this program knows " +
                                      std::to_string(migrations().size()) +
                                      ": start the newer SoundBite that wrote it, or choose another --data-dir");
}

// Made by us and not by SQLite, which would let others read it. Its -wal and -shm files take the same rights.
Result<void> make_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(error_from_errno(errno, path));
  return {};
}

Result<void> migrate(Connection& connection, std::int64_t from) {
  const auto steps = migrations();
  auto done = connection.execute("BEGIN EXCLUSIVE");
  for (auto i = std::size_t(from); done && i < steps.size(); ++i) done = connection.execute(steps[i]);
  if (done) done = connection.execute("PRAGMA application_id = " + std::to_string(application_id));
  if (done) done = connection.execute("PRAGMA user_version = " + std::to_string(steps.size()));
  if (done) done = connection.execute("COMMIT");
  return done;
}

}  // namespace

Result<std::unique_ptr<Connection>> open_for_writing(const std::string& path) {
  if (auto made = make_file(path); !made) return std::unexpected(made.error());
  auto connection = Connection::open(path, Connection::Mode::write);
  if (!connection) {
    return connection.error().code == ErrorCode::corrupt ? not_ours(path) : std::unexpected(connection.error());
  }
  auto& db = **connection;
  const auto id = db.integer_of("PRAGMA application_id");
  if (!id) return id.error().code == ErrorCode::corrupt ? not_ours(path) : std::unexpected(id.error());
  const auto version = db.integer_of("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto tables = db.integer_of("SELECT count(*) FROM sqlite_schema");
  if (!tables) return std::unexpected(tables.error());

  const bool blank = *id == 0 && *version == 0 && *tables == 0;
  if (!blank && *id != application_id) return not_ours(path);
  if (*version > std::int64_t(migrations().size())) return newer(path, *version);
  if (*version < std::int64_t(migrations().size())) {
    if (auto done = migrate(db, *version); !done) return std::unexpected(done.error());
  }
  const auto mode = db.text_of_first("PRAGMA journal_mode = WAL");
  if (!mode) return std::unexpected(mode.error());
  if (*mode != "wal") {
    return fail(ErrorCode::unavailable,
                path + " lies on a file system without shared memory: choose another --data-dir");
  }
  return connection;
}

}  // namespace soundbite::embedded
