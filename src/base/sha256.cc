#include "base/sha256.h"

#include <cstring>

namespace soundbite {

Sha256Digest Sha256::finish() {
  const std::string bytes = digest_.finish();
  Sha256Digest digest{};
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

std::string to_hex(const Sha256Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace soundbite
