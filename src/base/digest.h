// Message digests of bytes that come in pieces: SHA-256 and what protocols of others ask for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace soundbite {

enum class DigestAlgorithm : std::uint8_t { md5, sha1, sha256, sha512 };

// "sha-256", as in Content-Digest.
std::string_view name_of(DigestAlgorithm algorithm);

// How many bytes it has.
std::size_t size_of(DigestAlgorithm algorithm);

// For one thread at a time.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();
  DigestAlgorithm algorithm() const { return algorithm_; }
  void add(std::span<const std::byte> bytes);
  // Ends the sum; no further calls. The raw bytes.
  std::string finish();

 private:
  struct State;
  DigestAlgorithm algorithm_;
  std::unique_ptr<State> state_;
};

// Two lower-case hex digits for each byte.
std::string to_hex(std::string_view bytes);

}  // namespace soundbite
