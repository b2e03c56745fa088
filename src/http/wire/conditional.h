// Entity tags and byte ranges (RFC 9110, sections 8.8.3, 13 and 14).
#pragma once

#include <cstdint>
#include <string_view>

namespace soundbite {

// Whether If-None-Match names `etag`; weak comparison, "*" matches everything.
bool names_etag(std::string_view if_none_match, std::string_view etag);

struct RangeAnswer {
  enum class Kind {
    whole,          // no range, one we need not understand, or several: send everything
    part,           // send `length` bytes from `offset`
    unsatisfiable,  // 416
  };
  Kind kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// `range` is the header as sent, empty when it was not. Several ranges are answered with the whole, so that a flood of
// them costs one look at the header.
RangeAnswer read_range(std::string_view range, std::uint64_t size);

}  // namespace soundbite
