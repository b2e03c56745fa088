// A body that must be what Content-MD5 and Content-Digest say of it.
#pragma once

#include <vector>

#include "http/body_stream.h"
#include "http/wire/digest_fields.h"

namespace soundbite::handlers {

// Passes the pieces of the request's body on; instead of its end there is an error when a digest is another. `request`
// outlives it.
class DigestedBody final : public BodyStream {
 public:
  // Errors: a field that is not well formed.
  static std::expected<DigestedBody, Refusal> of(const Request& request);

  std::optional<std::uint64_t> expected_bytes() const override { return body_->expected_bytes(); }
  awaitable<std::expected<std::string_view, Refusal>> next() override;
  awaitable<std::expected<std::size_t, Refusal>> read(std::span<std::byte> room) override;

 private:
  struct Promise {
    FieldDigest told;
    std::string_view field;
    Digest digest;
  };
  explicit DigestedBody(BodyStream& body) : body_(&body) {}
  void promise(FieldDigest told, std::string_view field);
  // Nothing more is the end. Errors: a digest is another.
  std::expected<void, Refusal> digest(std::span<const std::byte> bytes);
  std::optional<Refusal> broken_promise();

  BodyStream* body_;
  std::vector<Promise> promises_;
};

}  // namespace soundbite::handlers
