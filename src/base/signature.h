// HMAC-SHA256 (RFC 2104), for what we sign and verify ourselves.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace soundbite {

using SigningKey = std::array<std::uint8_t, 32>;

// 32 raw bytes.
std::string hmac_sha256(const SigningKey& key, std::string_view message);

// Takes as long for every pair of the same length, so that a guesser learns nothing from time.
bool same_in_constant_time(std::string_view a, std::string_view b);

}  // namespace soundbite
