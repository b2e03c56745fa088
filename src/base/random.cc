#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <random>
#include <system_error>

namespace soundbite {

double Random::uniform() {
  std::uint64_t bits = 0;
  std::array<std::uint8_t, sizeof bits> bytes{};
  fill(bytes);
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

namespace {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    const std::lock_guard lock(mutex_);
    while (!bytes.empty()) {
      if (used_ == block_.size()) refill();
      const std::size_t n = std::min(bytes.size(), block_.size() - used_);
      std::memcpy(bytes.data(), block_.data() + used_, n);
      used_ += n;
      bytes = bytes.subspan(n);
    }
  }

 private:
  void refill() {
    std::size_t got = 0;
    while (got < block_.size()) {
      const ssize_t n = ::getrandom(block_.data() + got, block_.size() - got, 0);
      if (n < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
      if (n > 0) got += static_cast<std::size_t>(n);
    }
    used_ = 0;
  }

  std::mutex mutex_;
  std::array<std::uint8_t, 512> block_{};
  std::size_t used_ = block_.size();
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override {
    const std::lock_guard lock(mutex_);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace

std::unique_ptr<Random> make_system_random() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed) { return std::make_unique<SeededRandom>(seed); }

}  // namespace soundbite
