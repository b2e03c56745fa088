#include "onnx/skim.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "onnx/wire.h"

namespace soundbite {

namespace {

constexpr std::uint32_t graph_field = 7;       // of ModelProto
constexpr std::uint64_t longest_header = 20;   // a tag and a length
constexpr std::size_t window_size = 64 << 10;  // nodes are small and lie together
constexpr std::size_t max_fields = 1'000'000;

std::unexpected<Error> broken() { return fail(ErrorCode::corrupt, "the model breaks off or is damaged"); }

// A window that moves over the file.
class Window {
 public:
  explicit Window(const File& file) : file_(file), bytes_(window_size) {}

  // Up to `longest_header` bytes at `offset`; fewer at the end of the file.
  Result<std::string_view> header_at(std::uint64_t offset) {
    if (offset < begin_ || offset + longest_header > begin_ + filled_) {
      const auto read = file_.read_at(std::as_writable_bytes(std::span(bytes_)), offset);
      if (!read) return std::unexpected(read.error());
      begin_ = offset;
      filled_ = *read;
    }
    const std::size_t from = std::min<std::size_t>(filled_, offset - begin_);
    return std::string_view(bytes_.data() + from, std::min<std::size_t>(longest_header, filled_ - from));
  }

 private:
  const File& file_;
  std::vector<char> bytes_;
  std::uint64_t begin_ = 0;
  std::size_t filled_ = 0;
};

std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// Where a field's content lies.
struct Extent {
  std::uint32_t number = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Result<Extent> field_at(Window& window, std::uint64_t offset, std::uint64_t limit) {
  const auto header = window.header_at(offset);
  if (!header) return std::unexpected(header.error());
  std::string_view rest = *header;
  const auto tag = take_varint(rest);
  if (!tag || *tag >> 3 == 0) return broken();
  std::optional<std::uint64_t> size;
  switch (static_cast<wire::Type>(*tag & 7)) {
    case wire::Type::varint:
      if (take_varint(rest)) size = 0;
      break;
    case wire::Type::fixed64: size = 8; break;
    case wire::Type::fixed32: size = 4; break;
    case wire::Type::bytes: size = take_varint(rest); break;
  }
  const std::uint64_t begin = offset + (header->size() - rest.size());
  if (!size || begin > limit || *size > limit - begin) return broken();
  return Extent{static_cast<std::uint32_t>(*tag >> 3), begin, begin + *size};
}

// Steps over the fields between `begin` and `end`; gives back where the graph lies, when there is one.
Result<std::optional<Extent>> skim(Window& window, std::uint64_t begin, std::uint64_t end) {
  std::optional<Extent> graph;
  std::size_t fields = 0;
  for (std::uint64_t at = begin; at < end;) {
    const auto field = field_at(window, at, end);
    if (!field) return std::unexpected(field.error());
    if (++fields > max_fields) return fail(ErrorCode::corrupt, "the model has too many parts");
    if (field->number == graph_field) graph = *field;
    at = field->end;
  }
  return graph;
}

}  // namespace

Result<void> skim_model(const File& file) {
  const auto size = file.size();
  if (!size) return std::unexpected(size.error());
  Window window(file);
  const auto graph = skim(window, 0, *size);
  if (!graph) return std::unexpected(graph.error());
  if (!*graph) return fail(ErrorCode::corrupt, "the model holds no graph");
  const auto inside = skim(window, (*graph)->begin, (*graph)->end);
  if (!inside) return std::unexpected(inside.error());
  return {};
}

}  // namespace soundbite
