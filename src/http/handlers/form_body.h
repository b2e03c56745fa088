// The parts of a multipart/form-data body, pulled one after another.
#pragma once

#include <optional>
#include <string>

#include "http/body_stream.h"
#include "http/wire/multipart.h"

namespace soundbite::handlers {

// For one coroutine. `body` outlives it.
class FormBody {
 public:
  // Errors: no boundary.
  static std::expected<FormBody, Refusal> of(const Request& request, BodyStream& body);

  // The next part, whatever is left of the one before is skipped; null at the end of a whole form.
  awaitable<std::expected<const PartHead*, Refusal>> next_part();
  // The next bytes of the part; empty at its end.
  awaitable<std::expected<std::string_view, Refusal>> next_bytes();
  // The rest of the part. Errors: also more than `limit` bytes.
  awaitable<std::expected<std::string, Refusal>> read_text(std::size_t limit);

 private:
  FormBody(std::string_view boundary, BodyStream& body) : reader_(boundary), body_(&body) {}
  awaitable<std::expected<MultipartReader::Event, Refusal>> next_event();
  awaitable<std::expected<void, Refusal>> finish();

  MultipartReader reader_;
  BodyStream* body_;
  bool in_part_ = false;
};

}  // namespace soundbite::handlers
