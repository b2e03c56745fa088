#include "adapter/embedded/file_table.h"

#include <algorithm>

#include "adapter/embedded/job_row.h"

namespace soundbite::embedded {

namespace {

// The columns in the order of FILE_COLUMNS.
enum Column { id, environment, tenant_id, user_id, name, content_type, bytes, sha256, created_at, expires_at };

std::unexpected<Error> unknown_file() { return fail(ErrorCode::not_found, "there is no such file"); }

Result<StoredFile> read_file_row(const Query& query) {
  const auto file_id = read_id<FileId>(query, id);
  if (!file_id) return std::unexpected(file_id.error());
  return StoredFile{.id = *file_id,
                    .environment = std::string(query.text(environment)),
                    .user_id = std::string(query.text(user_id)),
                    .tenant_id = std::string(query.text(tenant_id)),
                    .name = std::string(query.text(name)),
                    .content_type = std::string(query.text(content_type)),
                    .bytes = std::uint64_t(query.integer(bytes)),
                    .sha256 = std::string(query.text(sha256)),
                    .created_at = Time(Milliseconds(query.integer(created_at))),
                    .expires_at = Time(Milliseconds(query.integer(expires_at)))};
}

Result<std::vector<StoredFile>> read_rows(Query& query) {
  std::vector<StoredFile> files;
  while (true) {
    const auto row = query.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return files;
    auto file = read_file_row(query);
    if (!file) return std::unexpected(file.error());
    files.push_back(std::move(*file));
  }
}

constexpr FileId last_id = [] {
  FileId last;
  last.bytes.fill(0xff);
  return last;
}();

}  // namespace

bool may_see(const Owner& owner, const StoredFile& file) {
  return file.tenant_id == owner.tenant_id && file.user_id == owner.user_id;
}

Result<StoredFile> find_file(Connection& connection, FileId id) {
  auto query = connection.query(Sql::load_file);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_file();
  return read_file_row(query);
}

Result<StoredFile> find_owned_file(Connection& connection, FileId id, const Owner& owner, Time now) {
  auto file = find_file(connection, id);
  if (!file) return file;
  if (!may_see(owner, *file)) return unknown_file();
  if (file->expires_at > now) return file;
  const auto job = job_using(connection, id);
  if (!job) return std::unexpected(job.error());
  if (!*job) return unknown_file();
  return file;
}

Result<FilePage> list_files(Connection& connection, const FileQuery& query, Time now) {
  const FileId before = query.before.value_or(last_id);
  auto rows = connection.query(Sql::list_files);
  // One more than asked tells whether there is more.
  rows.bind(query.owner.tenant_id, query.owner.user_id, before, now, query.limit + 1);
  auto files = read_rows(rows);
  if (!files) return std::unexpected(files.error());
  FilePage page{std::move(*files), false};
  if (page.files.size() > query.limit) {
    page.more = true;
    page.files.pop_back();
  }
  return page;
}

Result<std::optional<JobId>> job_using(Connection& connection, FileId id) {
  auto query = connection.query(Sql::job_using_file);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto job = read_id<JobId>(query, 0);
  if (!job) return std::unexpected(job.error());
  return *job;
}

Result<void> FileTable::insert(const StoredFile& file) {
  auto written = connection_.query(Sql::insert_file)
                     .bind(file.id, file.environment, file.tenant_id, file.user_id, file.name, file.content_type,
                           file.bytes, file.sha256, file.created_at, file.expires_at)
                     .run();
  if (!written && written.error().code == ErrorCode::conflict) {
    return fail(ErrorCode::conflict, "there is a file of that id");
  }
  if (written) group_.count_file(std::int64_t(file.bytes), 1);
  return written;
}

Result<void> FileTable::erase(const StoredFile& file) {
  auto gone = connection_.query(Sql::delete_file).bind(file.id).run();
  if (gone) group_.count_file(std::int64_t(file.bytes), -1);
  return gone;
}

Result<std::vector<StoredFile>> FileTable::expired(Time now, std::size_t limit) {
  auto query = connection_.query(Sql::expired_files);
  query.bind(now, limit);
  return read_rows(query);
}

}  // namespace soundbite::embedded
