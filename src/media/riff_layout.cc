#include "media/riff_layout.h"

#include <array>
#include <string_view>

namespace soundbite::media {
namespace {

constexpr std::uint64_t first_chunk = 12;
constexpr std::uint64_t chunk_header = 8;
constexpr int most_chunks = 256;

std::uint64_t little_endian(const std::uint8_t* at, int count) {
  std::uint64_t value = 0;
  for (int i = count; i > 0; --i) value = value << 8 | at[i - 1];
  return value;
}

// What programs write where they cannot go back: nothing, or the largest number of 32 bits, with or without a sign,
// less the headers.
bool is_unknown(std::uint64_t size) {
  return size == 0 || size >= 0xFFFF'FF80 || (size >= 0x7FFF'F000 && size <= 0x7FFF'FFFF);
}

}  // namespace

RiffLayout read_riff_layout(ByteSource& bytes) {
  RiffLayout layout;
  std::optional<std::uint64_t> long_size;
  std::uint64_t at = first_chunk;
  for (int i = 0; i < most_chunks; ++i) {
    std::array<std::uint8_t, chunk_header + 16> chunk{};
    const std::size_t n = bytes.read_at(chunk, at);
    if (n < chunk_header) return layout;
    const std::string_view name(reinterpret_cast<const char*>(chunk.data()), 4);
    const std::uint64_t size = little_endian(chunk.data() + 4, 4);
    if (name == "ds64" && n == chunk.size()) long_size = little_endian(chunk.data() + 16, 8);
    if (name == "data") {
      if (!long_size && is_unknown(size)) return layout;
      layout.data_bytes = long_size.value_or(size);
      layout.complete = at + chunk_header <= bytes.size() && *layout.data_bytes <= bytes.size() - at - chunk_header;
      return layout;
    }
    at += chunk_header + size + size % 2;
  }
  return layout;
}

}  // namespace soundbite::media
