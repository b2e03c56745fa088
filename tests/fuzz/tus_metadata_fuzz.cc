// Whatever upload headers say: they are read in one way or refused, and names come out clean.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "http/wire/digest_fields.h"
#include "http/wire/tus_fields.h"
#include "service/file_name.h"

namespace {

using namespace soundbite;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  if (const auto metadata = parse_upload_metadata(value)) {
    for (const auto& [key, decoded] : metadata->entries) {
      require(!key.empty() && metadata->find(key) == decoded);
      require(decoded.size() <= value.size());
      const std::string name = clean_file_name(decoded);
      require(name.size() <= max_file_name_bytes && !find_invalid_utf8(name));
      require(name.find_first_of("/\\") == name.npos);
      require(clean_file_name(name) == name);
    }
  }
  if (const auto digests = parse_content_digest(value)) {
    for (const auto& digest : *digests) require(digest.bytes.size() == size_of(digest.algorithm));
  }
  if (const auto checksum = parse_upload_checksum(value))
    require(checksum->bytes.size() == size_of(checksum->algorithm));
  (void)parse_byte_count(value);
  return 0;
}
