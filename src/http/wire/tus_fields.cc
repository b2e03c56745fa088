#include "http/wire/tus_fields.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "http/wire/characters.h"

namespace soundbite {

std::string_view UploadMetadata::find(std::string_view key) const {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? std::string_view() : found->value;
}

std::optional<UploadMetadata> parse_upload_metadata(std::string_view value) {
  UploadMetadata metadata;
  if (value.empty()) return metadata;
  while (true) {
    const std::string_view pair = trimmed(value.substr(0, value.find(',')));
    const std::size_t space = std::min(pair.find(' '), pair.size());
    const std::string_view key = pair.substr(0, space);
    const bool known = std::ranges::find(metadata.entries, key, &UploadMetadata::Entry::key) != metadata.entries.end();
    if (key.empty() || known || !all(key, characters::target)) return std::nullopt;
    auto decoded = decode_base64(trimmed(pair.substr(space)));
    if (!decoded) return std::nullopt;
    metadata.entries.push_back({key, std::move(*decoded)});
    const std::size_t comma = value.find(',');
    if (comma == value.npos) return metadata;
    value.remove_prefix(comma + 1);
  }
}

std::optional<std::uint64_t> parse_byte_count(std::string_view value) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return count;
}

}  // namespace soundbite
