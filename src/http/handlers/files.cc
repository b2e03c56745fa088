// Files: upload, show, list, delete, content.
#include "http/handlers/cursor.h"
#include "http/handlers/digested_body.h"
#include "http/handlers/file_part.h"
#include "http/handlers/handlers.h"
#include "http/handlers/list_query.h"
#include "http/handlers/path_id.h"
#include "http/handlers/received_body.h"
#include "http/handlers/stored_bytes.h"
#include "http/problems.h"
#include "http/wire/target.h"

namespace soundbite::handlers {

namespace {

constexpr std::string_view sha256_form = "64 hexadecimal digits";
constexpr std::size_t max_sha256_part = 256;  // room for a wrong one to be told from a whole file

std::expected<FileId, Refusal> file_id(const Request& request) { return path_id<FileId>(request, "file"); }

Response file_response(int status, const StoredFile& file) {
  Response response;
  response.status = status;
  response.cache_control = "private, no-cache";
  if (status == 201) response.add_header("Location", "/api/v1/files/" + file.id.text());
  response.body = render_file(file);
  return response;
}

// ?name= and ?sha256= of a raw body.
std::expected<FileClaims, Refusal> read_claims(std::string_view raw_query) {
  QueryReader query(raw_query);
  FileClaims claims;
  claims.name = query.take("name").value_or("");
  if (const auto sha256 = query.take("sha256")) {
    const auto digest = parse_sha256_hex(*sha256);
    if (!digest) query.wrong("sha256", "bad_digest", std::string(sha256_form));
    if (digest) claims.sha256 = to_hex(digest->bytes);
  }
  if (auto errors = query.finish(); !errors.empty()) return std::unexpected(wrong_query(std::move(errors)));
  return claims;
}

struct Upload {
  std::unique_ptr<FileIntake> intake;
  FileClaims claims;
};

awaitable<std::expected<Upload, Refusal>> receive_form(Files& files, BodyStream& body, const Request& request) {
  if (auto errors = QueryReader(request.query).finish(); !errors.empty()) {
    co_return std::unexpected(wrong_query(std::move(errors)));
  }
  auto form = FormBody::of(request, body);
  if (!form) co_return std::unexpected(std::move(form.error()));
  Upload upload;
  while (true) {
    const auto part = co_await form->next_part();
    if (!part) co_return std::unexpected(part.error());
    if (!*part) break;
    const std::string name = (*part)->name;
    if (name == "file" && !upload.intake) {
      auto arrived = co_await receive_part(files, *form, **part, request);
      if (!arrived) co_return std::unexpected(std::move(arrived.error()));
      upload.intake = std::move(arrived->intake);
      upload.claims.name = std::move(arrived->name);
    } else if (name == "sha256" && upload.claims.sha256.empty()) {
      const auto text = co_await form->read_text(max_sha256_part);
      if (!text) co_return std::unexpected(text.error());
      const auto digest = parse_sha256_hex(*text);
      if (!digest) co_return std::unexpected(wrong_parts({{"/sha256", "bad_digest", std::string(sha256_form), {}}}));
      upload.claims.sha256 = to_hex(digest->bytes);
    } else {
      co_return std::unexpected(unexpected_part(name, name == "file" || name == "sha256", {"file", "sha256"}));
    }
  }
  if (!upload.intake) co_return std::unexpected(wrong_parts({missing_part("file", "send the audio as this part")}));
  co_return upload;
}

awaitable<std::expected<Upload, Refusal>> receive_raw(Files& files, BodyStream& body, const Request& request) {
  auto claims = read_claims(request.query);
  if (!claims) co_return std::unexpected(std::move(claims.error()));
  Upload upload;
  upload.claims = std::move(*claims);
  auto intake = co_await files.receive(request.deadline);
  if (!intake) co_return std::unexpected(refuse(intake.error()));
  upload.intake = std::move(*intake);
  if (auto taken = co_await receive_body(*upload.intake, body); !taken) {
    co_return std::unexpected(std::move(taken.error()));
  }
  co_return upload;
}

}  // namespace

awaitable<std::expected<void, Refusal>> receive_body(FileIntake& intake, BodyStream& body) {
  while (true) {
    const auto bytes = co_await body.read(intake.room());
    if (!bytes) co_return std::unexpected(bytes.error());
    if (*bytes == 0) co_return std::expected<void, Refusal>{};
    if (auto taken = co_await intake.took(*bytes); !taken) {
      co_return std::unexpected(refuse(taken.error()));
    }
  }
}

awaitable<Answer> upload_file(Files& files, const Request& request) {
  auto body = DigestedBody::of(request);
  if (!body) co_return std::unexpected(std::move(body.error()));
  auto upload = is_form(request.content_type) ? co_await receive_form(files, *body, request)
                                              : co_await receive_raw(files, *body, request);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  const auto file = co_await files.keep(*upload->intake, std::move(upload->claims), request.owner, request.deadline);
  if (!file) co_return std::unexpected(refuse(file.error()));
  co_return file_response(201, *file);
}

awaitable<Answer> show_file(Files& files, const Request& request) {
  const auto id = file_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto file = co_await files.get(*id, request.owner, request.deadline);
  if (!file) co_return std::unexpected(refuse(file.error()));
  co_return file_response(200, *file);
}

awaitable<Answer> list_files(Files& files, const Request& request) {
  QueryReader query(request.query);
  FileQuery list;
  list.owner = request.owner;
  list.limit = read_limit(query);
  if (const auto before = read_cursor(query)) list.before = FileId{*before};
  if (auto errors = query.finish(); !errors.empty()) co_return std::unexpected(wrong_query(std::move(errors)));
  const auto page = co_await files.list(std::move(list), request.deadline);
  if (!page) co_return std::unexpected(refuse(page.error()));
  Response response;
  response.body = render_file_list(
      page->files, page->more && !page->files.empty() ? format_cursor(page->files.back().id.bytes) : "");
  co_return response;
}

awaitable<Answer> delete_file(Files& files, const Request& request) {
  const auto id = file_id(request);
  if (!id) co_return std::unexpected(id.error());
  const auto removed = co_await files.remove(*id, request.owner, request.deadline);
  if (!removed) co_return std::unexpected(refuse(removed.error()));
  Response response;
  response.status = 204;
  co_return response;
}

awaitable<Answer> send_file_content(Files& files, const Request& request) {
  const auto id = file_id(request);
  if (!id) co_return std::unexpected(id.error());
  auto content = co_await files.content(*id, request.owner, request.deadline);
  if (!content) co_return std::unexpected(refuse(content.error()));
  const StoredFile& file = content->file;
  const std::string name = file.name.empty() ? "file-" + id->text() : file.name;
  co_return send_bytes({.blob = std::move(content->blob),
                        .what = "the file",
                        .content_type = file.content_type,
                        .etag = '"' + file.sha256 + '"',
                        .disposition = disposition_of("attachment", name)},
                       request);
}

}  // namespace soundbite::handlers
