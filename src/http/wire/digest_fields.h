// What request headers say of the bytes of a body: Content-MD5 (RFC 1864), Content-Digest (RFC 9530), Upload-Checksum
// (tus). Values that are not well formed are nullopt.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace soundbite {

struct FieldDigest {
  DigestAlgorithm algorithm;
  std::string bytes;  // raw, of the algorithm's size
};

std::optional<FieldDigest> parse_content_md5(std::string_view value);

// "sha-256=:…:, sha-512=:…:". Algorithms that are not known here are left out, as the RFC wants; so it may be empty. Of
// those told twice the last counts (RFC 8941).
std::optional<std::vector<FieldDigest>> parse_content_digest(std::string_view value);

// 64 hex digits, in either case.
std::optional<FieldDigest> parse_sha256_hex(std::string_view value);

// "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=": sha1, sha256 or md5.
std::optional<FieldDigest> parse_upload_checksum(std::string_view value);

}  // namespace soundbite
