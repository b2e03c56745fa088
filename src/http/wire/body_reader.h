// Takes the body of a request out of the bytes behind its head. Stricter than RFC 9112: no chunk extensions, no
// trailers.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "http/wire/head_check.h"

namespace soundbite {

// For one thread.
class BodyReader {
 public:
  enum class State : std::uint8_t { more, done, refused };

  BodyReader() = default;
  explicit BodyReader(const HeadFacts& facts);

  // How much a chunked body may have; the length of another is known before it is read. False when it has more already.
  bool bound(std::uint64_t limit);

  // Takes what it can from the front of `bytes` and appends what it encodes to `body`. Bytes left over with `more` come
  // again, with others behind them; with `done` they are the next request's.
  State feed(std::string_view& bytes, std::string& body);

  // The same for a body that is not chunked, without a copy: its bytes at the front of `bytes`, whose place they keep.
  // Nothing when the body is chunked or has come to its end.
  std::string_view take_plain(std::string_view& bytes);
  // For who reads such a body past this: what is still to come of it, and that so many bytes of that came.
  std::uint64_t plain_left() const { return expected_ == Expected::data ? data_left_ : 0; }
  void skip_plain(std::uint64_t bytes);
  bool done() const { return expected_ == Expected::nothing; }

  // After refused.
  const HeadRefusal& refusal() const { return *refusal_; }

 private:
  enum class Expected : std::uint8_t { nothing, data, size_line, chunk_data, chunk_end, last_line };

  State refuse(const HeadRefusal& refusal);
  std::string_view take(std::string_view& bytes);
  bool take_data(std::string_view& bytes, std::string& body);
  State take_size_line(std::string_view& bytes);
  State take_empty_line(std::string_view& bytes, Expected next);

  Expected expected_ = Expected::nothing;
  std::uint64_t data_left_ = 0;  // of the body, or of the chunk
  std::uint64_t announced_ = 0;  // by the chunks so far
  std::uint64_t limit_ = std::numeric_limits<std::uint64_t>::max();
  const HeadRefusal* refusal_ = nullptr;
};

}  // namespace soundbite
