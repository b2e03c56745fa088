// Protocol Buffers' wire format: a reader that trusts no length and copies nothing, and a writer that appends.
// Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace soundbite::wire {

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Field {
  std::uint32_t number = 0;
  Type type = Type::varint;
  std::uint64_t value = 0;  // of a varint
  std::string_view bytes;   // of a length-delimited field
  std::string_view raw;     // tag, length and content as they stand in the message

  std::int64_t signed_value() const { return static_cast<std::int64_t>(value); }
};

// Reads one message from its first byte to its last.
class Reader {
 public:
  explicit Reader(std::string_view message) : message_(message) {}

  // The next field, nullopt at the end. Errors: corrupt.
  Result<std::optional<Field>> next();

 private:
  std::optional<std::uint64_t> varint();
  std::optional<std::string_view> take(std::uint64_t size);

  std::string_view message_;
  std::size_t at_ = 0;
};

// Calls `visit(field)`, a Result<void>, for each field; stops at the first error.
template <class Visit>
Result<void> for_each_field(std::string_view message, Visit visit) {
  Reader reader(message);
  for (;;) {
    auto field = reader.next();
    if (!field) return std::unexpected(std::move(field.error()));
    if (!*field) return {};
    if (Result<void> visited = visit(**field); !visited) return visited;
  }
}

void append_varint(std::string& out, std::uint64_t value);
void append_varint_field(std::string& out, std::uint32_t number, std::uint64_t value);
void append_bytes_field(std::string& out, std::uint32_t number, std::string_view bytes);

}  // namespace soundbite::wire
