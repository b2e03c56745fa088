#include "base/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace soundbite {

std::string hmac_sha256(const SigningKey& key, std::string_view message) {
  std::uint8_t code[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const std::uint8_t*>(message.data()), message.size(), code, &size)) {
    throw std::bad_alloc();
  }
  return {reinterpret_cast<const char*>(code), size};
}

bool same_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace soundbite
