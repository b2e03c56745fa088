// multipart/form-data (RFC 7578) as it arrives. Stricter than RFC 2046: no text before the first part or behind the
// last, no folded fields, no padding behind a boundary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/wire/head_check.h"

namespace soundbite {

bool is_form(std::string_view content_type);

// The boundary of "multipart/form-data; boundary=…"; nullopt when there is none that is allowed (1 to 70 characters).
std::optional<std::string> boundary_of(std::string_view content_type);

struct PartHead {
  std::string name;
  std::optional<std::string> file_name;  // as sent: never a path
  std::string content_type;              // as sent; empty when it was not
};

// For one thread. Feed it a piece, ask next() until it wants more, feed the next piece.
class MultipartReader {
 public:
  enum class Event : std::uint8_t {
    more,      // feed() the next piece; when there is none, the form is cut short
    part,      // a part begins: part()
    data,      // bytes of it: data()
    part_end,  // it is whole
    end,       // that was the last part; a piece that follows is refused by the next call
    refused,   // refusal(); no further calls
  };

  static constexpr std::size_t max_parts = 100;
  static constexpr std::size_t max_head_bytes = 16 * 1024;  // of the fields of a part

  explicit MultipartReader(std::string_view boundary);

  void feed(std::string_view bytes);
  Event next();

  const PartHead& part() const { return part_; }
  // Good until feed() or next() is called.
  std::string_view data() const { return data_; }
  const HeadRefusal& refusal() const { return *refusal_; }

 private:
  enum class State : std::uint8_t { opening, head, data, boundary, closed };

  Event refuse(const HeadRefusal& refusal);
  Event read_opening();
  Event read_head();
  Event read_data();
  Event read_boundary();
  Event read_rest();
  const HeadRefusal* parse_head(std::string_view head);
  const HeadRefusal* parse_field(std::string_view line);
  const HeadRefusal* parse_disposition(std::string_view value);

  State state_ = State::opening;
  std::string delimiter_;  // "\r\n--boundary"
  std::string buffer_;     // starts as if an empty line had come: then every boundary looks the same
  std::size_t at_ = 0;
  std::size_t parts_ = 0;
  bool has_disposition_ = false;
  PartHead part_;
  std::string_view data_;
  const HeadRefusal* refusal_ = nullptr;
};

}  // namespace soundbite
