// Where randomness comes from, passed in so that tests repeat.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace soundbite {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;

  // Uniform in [0, 1).
  double uniform();
};

// Cryptographic, from the kernel (getrandom), drawn in blocks.
std::unique_ptr<Random> make_system_random();

// The same sequence for the same seed: for tests.
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed);

}  // namespace soundbite
