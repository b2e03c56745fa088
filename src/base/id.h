// Strong identifiers: 16 bytes, printed as a lower-case UUID. Ids made by us are version 7 (RFC 9562), so that they
// sort by the time they were made.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/time.h"

namespace soundbite {

using UuidBytes = std::array<std::uint8_t, 16>;

std::string format_uuid(const UuidBytes& bytes);
// Accepts exactly the 36 characters 8-4-4-4-12 in lower or upper case.
std::optional<UuidBytes> parse_uuid(std::string_view text);
// Version 7: 48 bits of milliseconds, 74 random bits.
UuidBytes make_uuid_v7(Time now, Random& random);

template <class Tag>
struct Id {
  UuidBytes bytes{};

  static Id make(Time now, Random& random) { return {make_uuid_v7(now, random)}; }
  static std::optional<Id> parse(std::string_view text) {
    auto parsed = parse_uuid(text);
    if (!parsed) return std::nullopt;
    return Id{*parsed};
  }
  std::string text() const { return format_uuid(bytes); }
  auto operator<=>(const Id&) const = default;
};

using JobId = Id<struct JobTag>;
using FileId = Id<struct FileTag>;
using UploadId = Id<struct UploadTag>;

}  // namespace soundbite

template <class Tag>
struct std::hash<soundbite::Id<Tag>> {
  std::size_t operator()(const soundbite::Id<Tag>& id) const noexcept {
    std::uint64_t tail;  // the random half of a version 7 id is a hash already
    std::memcpy(&tail, id.bytes.data() + 8, sizeof tail);
    return static_cast<std::size_t>(tail);
  }
};
