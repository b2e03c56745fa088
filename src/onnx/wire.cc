#include "onnx/wire.h"

namespace soundbite::wire {

std::optional<std::uint64_t> Reader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && at_ < message_.size(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(message_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Reader::take(std::uint64_t size) {
  if (size > message_.size() - at_) return std::nullopt;
  const auto taken = message_.substr(at_, static_cast<std::size_t>(size));
  at_ += taken.size();
  return taken;
}

Result<std::optional<Field>> Reader::next() {
  if (at_ == message_.size()) return std::optional<Field>();
  const std::size_t start = at_;
  const auto broken = [&] {
    return fail(ErrorCode::corrupt, "the message breaks off or is damaged at byte " + std::to_string(start));
  };
  const auto tag = varint();
  if (!tag || *tag >> 3 == 0 || *tag >> 3 > 0x1fff'ffff) return broken();
  Field field;
  field.number = static_cast<std::uint32_t>(*tag >> 3);
  field.type = static_cast<Type>(*tag & 7);
  std::optional<std::string_view> content;
  switch (field.type) {
    case Type::varint:
      if (const auto value = varint()) {
        field.value = *value;
        content.emplace();
      }
      break;
    case Type::fixed64: content = take(8); break;
    case Type::fixed32: content = take(4); break;
    case Type::bytes:
      if (const auto size = varint()) content = take(*size);
      if (content) field.bytes = *content;
      break;
  }
  if (!content) return broken();
  field.raw = message_.substr(start, at_ - start);
  return field;
}

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

void append_varint_field(std::string& out, std::uint32_t number, std::uint64_t value) {
  append_varint(out, std::uint64_t{number} << 3);
  append_varint(out, value);
}

void append_bytes_field(std::string& out, std::uint32_t number, std::string_view bytes) {
  append_varint(out, (std::uint64_t{number} << 3) | 2);
  append_varint(out, bytes.size());
  out += bytes;
}

}  // namespace soundbite::wire
