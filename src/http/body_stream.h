// The body of a request as it arrives, for handlers that pull it piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "base/async.h"
#include "http/message.h"

namespace soundbite {

// For the coroutine of the handler. Its limits and deadlines are the session's business: while the handler works and
// does not pull, no time counts against the client.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  // Bytes of the whole body, where the client told: not of a chunked one.
  virtual std::optional<std::uint64_t> expected_bytes() const = 0;

  // The next piece, good until the next call; empty at the end. The first call lets a client begin that expects
  // 100-continue, so what can be refused without the body is refused before it. An error is the answer to give, or says
  // that the client is gone and nobody will read one; it is given again by each further call.
  virtual awaitable<std::expected<std::string_view, Refusal>> next() = 0;
  // The same into the caller's memory, without a copy where the body comes as it is: one byte or more; 0 at the end.
  // `room` is not empty.
  virtual awaitable<std::expected<std::size_t, Refusal>> read(std::span<std::byte> room) = 0;
};

}  // namespace soundbite
