#include "http/handlers/digested_body.h"

#include <algorithm>

#include "http/problems.h"

namespace soundbite::handlers {

namespace {
constexpr std::size_t hashed_at_once = 128 * 1024;
}

std::expected<DigestedBody, Refusal> DigestedBody::of(const Request& request) {
  DigestedBody body(*request.stream);
  if (!request.content_md5.empty()) {
    auto told = parse_content_md5(request.content_md5);
    if (!told) return std::unexpected(refuse("bad-request", "Content-MD5 is the base64 of 16 bytes"));
    body.promise(std::move(*told), "Content-MD5");
  }
  if (!request.content_digest.empty()) {
    auto told = parse_content_digest(request.content_digest);
    if (!told) {
      return std::unexpected(refuse("bad-request", "Content-Digest is written as sha-256=:base64: (RFC 9530)"));
    }
    for (FieldDigest& one : *told) body.promise(std::move(one), "Content-Digest");
  }
  return body;
}

void DigestedBody::promise(FieldDigest told, std::string_view field) {
  Digest digest(told.algorithm);
  promises_.push_back({std::move(told), field, std::move(digest)});
}

awaitable<std::expected<std::string_view, Refusal>> DigestedBody::next() {
  auto piece = co_await body_->next();
  if (!piece) co_return piece;
  if (auto kept = digest(std::as_bytes(std::span(*piece))); !kept) co_return std::unexpected(std::move(kept.error()));
  co_return piece;
}

awaitable<std::expected<std::size_t, Refusal>> DigestedBody::read(std::span<std::byte> room) {
  // What is hashed here keeps all connections waiting.
  if (!promises_.empty()) room = room.first(std::min(room.size(), hashed_at_once));
  auto bytes = co_await body_->read(room);
  if (!bytes) co_return bytes;
  if (auto kept = digest(room.first(*bytes)); !kept) co_return std::unexpected(std::move(kept.error()));
  co_return bytes;
}

std::expected<void, Refusal> DigestedBody::digest(std::span<const std::byte> bytes) {
  for (Promise& one : promises_) one.digest.add(bytes);
  if (bytes.empty()) {
    if (auto broken = broken_promise()) return std::unexpected(std::move(*broken));
  }
  return {};
}

std::optional<Refusal> DigestedBody::broken_promise() {
  std::vector<FieldError> errors;
  for (Promise& one : promises_) {
    const std::string found = one.digest.finish();
    if (found == one.told.bytes) continue;
    errors.push_back({"/header/" + std::string(one.field),
                      "digest_mismatch",
                      "the bytes that arrived have the " + std::string(name_of(one.told.algorithm)) + " digest " +
                          to_hex(found) + " in hexadecimal: send them again",
                      {}});
  }
  promises_.clear();
  if (errors.empty()) return std::nullopt;
  return refuse("validation-failed", "the body is not what its digest says", std::move(errors));
}

}  // namespace soundbite::handlers
