#include "adapter/embedded/upload_table.h"

#include "adapter/embedded/job_row.h"

namespace soundbite::embedded {

namespace {

// The columns in the order of UPLOAD_COLUMNS.
enum Column { id, environment, tenant_id, user_id, length, kept, metadata, name, created_at, expires_at, file_id };

std::unexpected<Error> unknown_upload() { return fail(ErrorCode::not_found, "there is no such upload"); }

Result<Upload> read_upload_row(const Query& query) {
  const auto upload_id = read_id<UploadId>(query, id);
  if (!upload_id) return std::unexpected(upload_id.error());
  Upload upload{.id = *upload_id,
                .environment = std::string(query.text(environment)),
                .owner = {std::string(query.text(tenant_id)), std::string(query.text(user_id))},
                .length = std::nullopt,
                .offset = std::uint64_t(query.integer(kept)),
                .metadata = std::string(query.text(metadata)),
                .name = std::string(query.text(name)),
                .created_at = Time(Milliseconds(query.integer(created_at))),
                .expires_at = Time(Milliseconds(query.integer(expires_at))),
                .file = std::nullopt};
  if (!query.null(length)) upload.length = std::uint64_t(query.integer(length));
  if (!query.null(file_id)) {
    const auto file = read_id<FileId>(query, file_id);
    if (!file) return std::unexpected(file.error());
    upload.file = *file;
  }
  return upload;
}

}  // namespace

Result<Upload> find_upload(Connection& connection, UploadId id) {
  auto query = connection.query(Sql::load_upload);
  const auto row = query.bind(id).next();
  if (!row) return std::unexpected(row.error());
  if (!*row) return unknown_upload();
  return read_upload_row(query);
}

Result<Upload> find_owned_upload(Connection& connection, UploadId id, const Owner& owner) {
  auto upload = find_upload(connection, id);
  if (upload && upload->owner != owner) return unknown_upload();
  return upload;
}

Result<void> UploadTable::insert(const Upload& upload) {
  auto written =
      connection_.query(Sql::insert_upload)
          .bind(upload.id, upload.environment, upload.owner.tenant_id, upload.owner.user_id, upload.length,
                upload.offset, upload.metadata, upload.name, upload.created_at, upload.expires_at, upload.file)
          .run();
  if (!written && written.error().code == ErrorCode::conflict) {
    return fail(ErrorCode::conflict, "there is an upload of that id");
  }
  if (written && !upload.file) group_.count_upload(1);
  return written;
}

Result<void> UploadTable::replace(const Upload& before, const Upload& after) {
  auto written = connection_.query(Sql::update_upload).bind(after.id, after.length, after.offset, after.file).run();
  if (written && after.file && !before.file) group_.count_upload(-1);
  return written;
}

Result<void> UploadTable::erase(const Upload& upload) {
  auto gone = connection_.query(Sql::delete_upload).bind(upload.id).run();
  if (gone && !upload.file) group_.count_upload(-1);
  return gone;
}

Result<std::vector<UploadId>> UploadTable::expired(Time now, std::size_t limit) {
  auto query = connection_.query(Sql::expired_uploads);
  query.bind(now, limit);
  std::vector<UploadId> ids;
  while (true) {
    const auto row = query.next();
    if (!row) return std::unexpected(row.error());
    if (!*row) return ids;
    const auto upload_id = read_id<UploadId>(query, 0);
    if (!upload_id) return std::unexpected(upload_id.error());
    ids.push_back(*upload_id);
  }
}

}  // namespace soundbite::embedded
