#include "http/wire/digest_fields.h"

#include "base/base64.h"
#include "http/wire/characters.h"

namespace soundbite {

namespace {

std::optional<FieldDigest> decode(DigestAlgorithm algorithm, std::string_view base64) {
  auto bytes = decode_base64(base64);
  if (!bytes || bytes->size() != size_of(algorithm)) return std::nullopt;
  return FieldDigest{algorithm, std::move(*bytes)};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char folded = lower(c);
  return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
}

}  // namespace

std::optional<FieldDigest> parse_content_md5(std::string_view value) { return decode(DigestAlgorithm::md5, value); }

std::optional<std::vector<FieldDigest>> parse_content_digest(std::string_view value) {
  std::vector<FieldDigest> digests;
  while (true) {
    const std::string_view member = trimmed(value.substr(0, value.find(',')));
    const std::size_t equals = member.find('=');
    if (equals == 0 || equals == member.npos) return std::nullopt;
    const std::string_view name = member.substr(0, equals);
    const std::string_view bytes = member.substr(equals + 1);
    if (bytes.size() < 2 || bytes.front() != ':' || bytes.back() != ':') return std::nullopt;
    for (const auto algorithm : {DigestAlgorithm::sha256, DigestAlgorithm::sha512}) {
      if (name != name_of(algorithm)) continue;
      auto digest = decode(algorithm, bytes.substr(1, bytes.size() - 2));
      if (!digest) return std::nullopt;
      std::erase_if(digests, [algorithm](const FieldDigest& one) { return one.algorithm == algorithm; });
      digests.push_back(std::move(*digest));
    }
    const std::size_t comma = value.find(',');
    if (comma == value.npos) return digests;
    value.remove_prefix(comma + 1);
  }
}

std::optional<FieldDigest> parse_sha256_hex(std::string_view value) {
  if (value.size() != 64) return std::nullopt;
  FieldDigest digest{DigestAlgorithm::sha256, {}};
  for (std::size_t i = 0; i < value.size(); i += 2) {
    const int high = hex_value(value[i]);
    const int low = hex_value(value[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest.bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return digest;
}

std::optional<FieldDigest> parse_upload_checksum(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == value.npos) return std::nullopt;
  const std::string_view name = value.substr(0, space);
  const std::string_view base64 = value.substr(space + 1);
  if (name == "sha1") return decode(DigestAlgorithm::sha1, base64);
  if (name == "sha256") return decode(DigestAlgorithm::sha256, base64);
  if (name == "md5") return decode(DigestAlgorithm::md5, base64);
  return std::nullopt;
}

}  // namespace soundbite
