// A place for one file of known size and hash, which a signed address opens without any other right. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/signature.h"
#include "base/time.h"
#include "port/job_store.h"

namespace soundbite {

struct UploadSlot {
  FileId id;
  Owner owner;  // of the file to come
  std::uint64_t bytes = 0;
  std::string sha256;        // 64 lower-case hex digits
  std::string content_type;  // the Content-Type that must be sent
  std::string name;
  Time expires_at{};  // whole seconds
};

// 64 lower-case hex digits over everything that the slot says.
std::string sign(const UploadSlot& slot, const SigningKey& key);

// In constant time.
bool is_signed(const UploadSlot& slot, std::string_view signature, const SigningKey& key);

}  // namespace soundbite
