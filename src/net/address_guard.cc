#include "net/address_guard.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace soundbite {

namespace {

namespace ip = boost::asio::ip;
using Judgement = std::optional<std::string_view>;

struct Network4 {
  std::uint32_t prefix;
  int bits;
  std::string_view use;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array special4{
    Network4{v4(0, 0, 0, 0), 8, "unspecified"},
    Network4{v4(10, 0, 0, 0), 8, "private"},
    Network4{v4(100, 64, 0, 0), 10, "shared by a carrier"},
    Network4{v4(127, 0, 0, 0), 8, "loopback"},
    Network4{v4(168, 63, 129, 16), 32, "metadata"},  // Azure's, in the middle of public ones
    Network4{v4(169, 254, 169, 254), 32, "metadata"},
    Network4{v4(169, 254, 0, 0), 16, "link-local"},
    Network4{v4(172, 16, 0, 0), 12, "private"},
    Network4{v4(192, 0, 0, 0), 24, "reserved"},
    Network4{v4(192, 0, 2, 0), 24, "documentation"},
    Network4{v4(192, 31, 196, 0), 24, "reserved"},  // AS112
    Network4{v4(192, 52, 193, 0), 24, "reserved"},  // AMT
    Network4{v4(192, 88, 99, 0), 24, "reserved"},   // 6to4 relays
    Network4{v4(192, 168, 0, 0), 16, "private"},
    Network4{v4(192, 175, 48, 0), 24, "reserved"},  // AS112
    Network4{v4(198, 18, 0, 0), 15, "benchmarking"},
    Network4{v4(198, 51, 100, 0), 24, "documentation"},
    Network4{v4(203, 0, 113, 0), 24, "documentation"},
    Network4{v4(224, 0, 0, 0), 4, "multicast"},
    Network4{v4(240, 0, 0, 0), 4, "reserved"},
};

Judgement judge4(std::uint32_t address) {
  for (const auto& network : special4) {
    if ((address ^ network.prefix) >> (32 - network.bits) == 0) return network.use;
  }
  return {};
}

// The eight 16-bit groups of an IPv6 address.
using Groups = std::array<std::uint16_t, 8>;

Groups groups_of(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  Groups groups{};
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  return groups;
}

std::uint32_t v4_at(const Groups& groups, std::size_t first) {
  return static_cast<std::uint32_t>(groups[first]) << 16 | groups[first + 1];
}

struct Network6 {
  Groups prefix;
  int bits;
  std::string_view use;
};

bool within(const Groups& address, const Network6& network) {
  int left = network.bits;
  for (std::size_t i = 0; left > 0; ++i, left -= 16) {
    const int unused = std::max(0, 16 - left);
    if ((address[i] ^ network.prefix[i]) >> unused != 0) return false;
  }
  return true;
}

constexpr Network6 unspecified{{}, 128, "unspecified"};
constexpr Network6 loopback{{0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"};
constexpr Network6 compatible{{}, 96, ""};
constexpr Network6 mapped{{0, 0, 0, 0, 0, 0xffff}, 96, ""};
constexpr Network6 translated{{0, 0, 0, 0, 0xffff, 0}, 96, ""};
constexpr Network6 nat64{{0x64, 0xff9b}, 96, ""};
constexpr Network6 teredo{{0x2001, 0}, 32, ""};
constexpr Network6 six_to_four{{0x2002}, 16, ""};
constexpr Network6 global_unicast{{0x2000}, 3, ""};

constexpr std::array special6{
    unspecified,
    loopback,
    Network6{{0x64, 0xff9b, 1}, 48, "reserved"},  // NAT64 of one site: where it leads is that site's choice
    Network6{{0x100}, 64, "reserved"},            // discarded
    Network6{{0x2001, 0x0db8}, 32, "documentation"},
    Network6{{0x2001, 0x0002}, 48, "benchmarking"},
    Network6{{0x2620, 0x004f, 0x8000}, 48, "reserved"},  // AS112
    Network6{{0x3fff}, 20, "documentation"},
    Network6{{0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254}, 128, "metadata"},
    Network6{{0xfc00}, 7, "private"},
    Network6{{0xfe80}, 10, "link-local"},
    Network6{{0xfec0}, 10, "private"},
    Network6{{0xff00}, 8, "multicast"},
};
constexpr Network6 protocol_assignments{{0x2001}, 23, "reserved"};

Judgement judge6(const Groups& address) {
  for (const auto& network : special6) {
    if (within(address, network)) return network.use;
  }
  for (const auto& network : {compatible, mapped, translated, nat64}) {
    if (within(address, network)) return judge4(v4_at(address, 6));
  }
  if (within(address, six_to_four)) return judge4(v4_at(address, 1));
  if (within(address, teredo)) {
    const auto server = judge4(v4_at(address, 2));
    return server ? server : judge4(~v4_at(address, 6));
  }
  if (within(address, protocol_assignments)) return protocol_assignments.use;
  if (!within(address, global_unicast)) return "reserved";
  // ISATAP: an IPv4 address of the site behind a prefix of anyone's.
  if ((address[4] & 0xfdff) == 0 && address[5] == 0x5efe) return judge4(v4_at(address, 6));
  return {};
}

}  // namespace

Judgement special_use(const ip::address& address) {
  if (address.is_v4()) return judge4(address.to_v4().to_uint());
  return judge6(groups_of(address.to_v6()));
}

}  // namespace soundbite
