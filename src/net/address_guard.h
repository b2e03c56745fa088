// Which addresses a client may make us connect to: those of the public internet and no other. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>

namespace soundbite {

// What an address is when it is not one of the public internet ("loopback", "private", …), by IANA's registries of
// special-purpose addresses and what clouds keep their credentials at. An IPv4 address inside of an IPv6 address
// (mapped, translated, tunnelled) is judged as itself.
std::optional<std::string_view> special_use(const boost::asio::ip::address& address);

}  // namespace soundbite
