// Resumable uploads: tus 1.0.0 with creation, creation-with-upload, creation-defer-length, expiration, checksum and
// termination.
#include <algorithm>

#include "http/body_stream.h"
#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/path_id.h"
#include "http/problems.h"
#include "http/routes.h"
#include "http/wire/characters.h"
#include "http/wire/digest_fields.h"
#include "http/wire/response_head.h"
#include "http/wire/target.h"
#include "http/wire/tus_fields.h"

namespace soundbite::handlers {

namespace {

constexpr std::string_view version = "1.0.0";
constexpr std::string_view extensions =
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination";
constexpr std::string_view checksums = "sha1,sha256,md5";
constexpr std::string_view chunk_type = "application/offset+octet-stream";

std::unexpected<Refusal> bad(std::string detail) { return std::unexpected(refuse("bad-request", std::move(detail))); }

std::unexpected<Refusal> refused(const Error& error, const Uploads& uploads) {
  Refusal refusal = refuse(error);
  if (refusal.problem.type->status == 413) {
    refusal.headers = "Tus-Max-Size: " + std::to_string(uploads.options().max_bytes) + "\r\n";
  }
  return std::unexpected(std::move(refusal));
}

std::expected<void, Refusal> check_version(const Request& request) {
  if (request.tus_resumable != version) {
    auto refusal = refuse("tus-version-not-supported", "send Tus-Resumable: 1.0.0");
    refusal.headers = "Tus-Version: 1.0.0\r\n";
    return std::unexpected(std::move(refusal));
  }
  if (auto errors = QueryReader(request.query).finish(); !errors.empty()) {
    return std::unexpected(wrong_query(std::move(errors)));
  }
  return {};
}

std::expected<UploadId, Refusal> upload_id(const Request& request) {
  if (auto checked = check_version(request); !checked) return std::unexpected(std::move(checked.error()));
  return path_id<UploadId>(request, "upload");
}

// What an upload's state adds to each answer.
void describe(Response& response, const Upload& upload) {
  response.add_header("Tus-Resumable", version);
  response.add_header("Upload-Offset", std::to_string(upload.offset));
  response.add_header("Upload-Expires", http_date(upload.expires_at));
  if (!upload.file) return;
  response.add_header("Soundbite-File-Id", upload.file->text());
  response.add_header("Content-Location", "/api/v1/files/" + upload.file->text());
}

bool is_chunk(const Request& request) { return equals_folded(trimmed(request.content_type), chunk_type); }

// Upload-Length, where it was sent.
std::expected<std::optional<std::uint64_t>, Refusal> read_length(const Request& request) {
  if (request.upload_length.empty()) return std::nullopt;
  const auto length = parse_byte_count(request.upload_length);
  if (!length) return bad("Upload-Length is a number of bytes in decimal digits");
  return length;
}

std::expected<NewUpload, Refusal> read_new_upload(const Request& request) {
  NewUpload made;
  const auto length = read_length(request);
  if (!length) return std::unexpected(length.error());
  made.length = *length;
  const bool deferred = !request.upload_defer_length.empty();
  if (deferred && request.upload_defer_length != "1") return bad("Upload-Defer-Length is 1, or left out");
  if (deferred == made.length.has_value()) return bad("send either Upload-Length or Upload-Defer-Length: 1");
  const auto metadata = parse_upload_metadata(request.upload_metadata);
  if (!metadata) {
    return bad(
        "Upload-Metadata is a list of keys, each once, each with a space and its value in base64, with commas "
        "between them");
  }
  made.metadata = request.upload_metadata;
  made.name = metadata->find("filename");
  if (made.name.empty()) made.name = metadata->find("name");
  return made;
}

struct Chunk {
  UploadTerms terms;
  std::optional<std::string> checksum;
};

std::expected<Chunk, Refusal> read_chunk_fields(const Request& request) {
  Chunk chunk;
  if (request.upload_checksum.empty()) return chunk;
  auto told = parse_upload_checksum(request.upload_checksum);
  if (!told) return bad("Upload-Checksum is sha1, sha256 or md5, a space, and the digest in base64");
  chunk.terms.checksum = told->algorithm;
  chunk.checksum = std::move(told->bytes);
  return chunk;
}

// Takes the body in. When it breaks off, what came to an upload that its client knows stays.
awaitable<std::expected<Upload, Refusal>> receive_chunk(Uploads& uploads, Result<std::unique_ptr<UploadIntake>> intake,
                                                        std::optional<std::string> checksum, const Request& request) {
  if (!intake) co_return refused(intake.error(), uploads);
  const auto length = (*intake)->length().value_or(uploads.options().max_bytes);
  const auto room = length - std::min(length, (*intake)->offset());  // the limit may have been lowered since it began
  if (request.stream->expected_bytes().value_or(0) > room) {
    co_return refused(file_too_large(length), uploads);
  }
  while (true) {
    const auto bytes = co_await request.stream->read((*intake)->room());
    if (!bytes) {
      co_await uploads.break_off(std::move(*intake), request.deadline);
      co_return std::unexpected(bytes.error());
    }
    if (*bytes == 0) break;
    const auto taken = co_await (*intake)->took(*bytes);
    if (!taken) {
      co_await uploads.refuse(std::move(*intake), taken.error(), request.deadline);
      co_return refused(taken.error(), uploads);
    }
  }
  auto upload = co_await uploads.finish(std::move(*intake), std::move(checksum), request.deadline);
  if (!upload) co_return refused(upload.error(), uploads);
  co_return std::move(*upload);
}

awaitable<std::expected<Upload, Refusal>> create_empty(Uploads& uploads, NewUpload made, const Request& request) {
  auto created = co_await uploads.create(std::move(made), request.owner, request.deadline);
  if (!created) co_return refused(created.error(), uploads);
  co_return std::move(*created);
}

awaitable<std::expected<Upload, Refusal>> create_with_bytes(Uploads& uploads, NewUpload made, Chunk chunk,
                                                            const Request& request) {
  auto intake = co_await uploads.begin(std::move(made), request.owner, chunk.terms, request.deadline);
  co_return co_await receive_chunk(uploads, std::move(intake), std::move(chunk.checksum), request);
}

}  // namespace

awaitable<Answer> show_tus_options(Uploads& uploads, const Request& request) {
  Response response;
  response.status = 204;
  response.add_header("Allow", allow_list(request.allowed));
  response.add_header("Tus-Resumable", version);
  response.add_header("Tus-Version", version);
  response.add_header("Tus-Extension", extensions);
  response.add_header("Tus-Max-Size", std::to_string(uploads.options().max_bytes));
  response.add_header("Tus-Checksum-Algorithm", checksums);
  co_return response;
}

awaitable<Answer> create_upload(Uploads& uploads, const Request& request) {
  if (auto checked = check_version(request); !checked) co_return std::unexpected(std::move(checked.error()));
  auto made = read_new_upload(request);
  if (!made) co_return std::unexpected(std::move(made.error()));
  const bool with_bytes = is_chunk(request);
  auto chunk = read_chunk_fields(request);
  if (!chunk) co_return std::unexpected(std::move(chunk.error()));
  if (!with_bytes && request.stream->expected_bytes().value_or(0) > 0) {
    co_return std::unexpected(refuse("unsupported-media-type", "send bytes as application/offset+octet-stream"));
  }
  auto upload = with_bytes ? co_await create_with_bytes(uploads, std::move(*made), std::move(*chunk), request)
                           : co_await create_empty(uploads, std::move(*made), request);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  Response response;
  response.status = 201;
  response.add_header("Location", "/api/v1/uploads/" + upload->id.text());
  describe(response, *upload);
  co_return response;
}

awaitable<Answer> show_upload(Uploads& uploads, const Request& request) {
  const auto id = upload_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto upload = co_await uploads.get(*id, request.owner, request.deadline);
  if (!upload) co_return std::unexpected(refuse(upload.error()));
  Response response;
  response.content_type = {};
  describe(response, *upload);
  if (upload->length) {
    response.add_header("Upload-Length", std::to_string(*upload->length));
  } else {
    response.add_header("Upload-Defer-Length", "1");
  }
  if (!upload->metadata.empty()) response.add_header("Upload-Metadata", upload->metadata);
  co_return response;
}

awaitable<Answer> continue_upload(Uploads& uploads, const Request& request) {
  const auto id = upload_id(request);
  if (!id) co_return std::unexpected(id.error());
  if (!is_chunk(request)) {
    co_return std::unexpected(refuse("unsupported-media-type", "send bytes as application/offset+octet-stream"));
  }
  const auto offset = parse_byte_count(request.upload_offset);
  if (!offset) co_return bad("Upload-Offset is a number of bytes in decimal digits");
  auto chunk = read_chunk_fields(request);
  if (!chunk) co_return std::unexpected(std::move(chunk.error()));
  const auto length = read_length(request);
  if (!length) co_return std::unexpected(length.error());
  chunk->terms.new_length = *length;
  auto intake = co_await uploads.receive(*id, request.owner, *offset, chunk->terms, request.deadline);
  auto upload = co_await receive_chunk(uploads, std::move(intake), std::move(chunk->checksum), request);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  Response response;
  response.status = 204;
  describe(response, *upload);
  co_return response;
}

awaitable<Answer> delete_upload(Uploads& uploads, const Request& request) {
  const auto id = upload_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto removed = co_await uploads.remove(*id, request.owner, request.deadline);
  if (!removed) co_return std::unexpected(refuse(removed.error()));
  Response response;
  response.status = 204;
  response.add_header("Tus-Resumable", version);
  co_return response;
}

}  // namespace soundbite::handlers
