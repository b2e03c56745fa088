#include "job/stored_file.h"

#include "base/text.h"
#include "job/json_writer.h"

namespace soundbite {

namespace {

void append_file(std::string& out, const StoredFile& file) {
  JsonObject object(out);
  const std::string id = file.id.text();
  object.text("id", id);
  object.text("name", file.name);
  object.text("contentType", file.content_type);
  object.integer("bytes", static_cast<std::int64_t>(file.bytes));
  object.text("sha256", file.sha256);
  object.time("createdAt", file.created_at);
  object.time("expiresAt", file.expires_at);
  JsonObject links(object.key("links"));
  const std::string self = "/api/v1/files/" + id;
  links.text("self", self);
  links.text("content", self + "/content");
  links.close();
  object.close();
}

}  // namespace

std::string blob_key_of(FileId id) { return "files/" + id.text(); }

std::string render_file(const StoredFile& file) {
  std::string out;
  out.reserve(512);
  append_file(out, file);
  return out;
}

std::string render_file_list(const std::vector<StoredFile>& files, const std::string& next_cursor) {
  std::string out;
  out.reserve(512 * (files.size() + 1));
  out += R"({"items":[)";
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (i > 0) out += ',';
    append_file(out, files[i]);
  }
  out += R"(],"nextCursor":)";
  out += next_cursor.empty() ? "null" : quote_json(next_cursor);
  return out += '}';
}

}  // namespace soundbite
