// Header fields of tus 1.0.0 (https://tus.io/protocols/resumable-upload).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace soundbite {

struct UploadMetadata {
  struct Entry {
    std::string_view key;
    std::string value;  // decoded
  };
  std::vector<Entry> entries;

  // Empty when there is none of that key.
  std::string_view find(std::string_view key) const;
};

// "filename d29ybGQ=,is_private": keys are unique and visible ASCII without comma; a value may be left out. Nullopt
// when it is not well formed.
std::optional<UploadMetadata> parse_upload_metadata(std::string_view value);

// Decimal digits alone.
std::optional<std::uint64_t> parse_byte_count(std::string_view value);

}  // namespace soundbite
