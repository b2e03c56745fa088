// A recording that a client has given us. Pure data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace soundbite {

struct StoredFile {
  FileId id;
  std::string environment;
  std::string user_id;       // empty without authentication
  std::string tenant_id;     // empty without authentication
  std::string name;          // as the client called it, for showing alone: never a path of ours; may be empty
  std::string content_type;  // of what its first bytes show, not of what was claimed
  std::uint64_t bytes = 0;
  std::string sha256;  // 64 hex digits
  Time created_at{};
  Time expires_at{};
  bool operator==(const StoredFile&) const = default;
};

// Where the bytes are: "files/{id}".
std::string blob_key_of(FileId id);

// {"id", "name", "contentType", "bytes", "sha256", "createdAt", "expiresAt", "links": {"self", "content"}}
std::string render_file(const StoredFile& file);

// {"items": […], "nextCursor": "…" | null}
std::string render_file_list(const std::vector<StoredFile>& files, const std::string& next_cursor);

}  // namespace soundbite
