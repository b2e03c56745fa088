// SHA-256 (FIPS 180-4) of bytes that come in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace soundbite {

using Sha256Digest = std::array<std::uint8_t, 32>;

// For one thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::span<const std::byte> bytes);
  // Ends the sum; no further calls.
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// 64 lower-case hex digits.
std::string to_hex(const Sha256Digest& digest);

}  // namespace soundbite
