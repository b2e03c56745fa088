// SHA-256 (FIPS 180-4) of bytes that come in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/digest.h"

namespace soundbite {

using Sha256Digest = std::array<std::uint8_t, 32>;

// For one thread at a time.
class Sha256 {
 public:
  void add(std::span<const std::byte> bytes) { digest_.add(bytes); }
  // Ends the sum; no further calls.
  Sha256Digest finish();

 private:
  Digest digest_{DigestAlgorithm::sha256};
};

// 64 lower-case hex digits.
std::string to_hex(const Sha256Digest& digest);

}  // namespace soundbite
