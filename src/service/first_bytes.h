// What a recording is, told as early as its first bytes allow: nothing else is taken in to its end.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/error.h"
#include "job/media_type.h"

namespace soundbite {

// Errors: invalid, with the code unsupported_media.
Result<Container> recognise(std::span<const std::byte> first_bytes);

// For one thread.
class FirstBytes {
 public:
  // Keeps what is needed of them. Errors, once there are enough: as recognise.
  Result<void> add(std::span<const std::byte> bytes);
  // There are no more. Errors: invalid, with the code empty_file when nothing came; as recognise.
  Result<Container> judge() const;

 private:
  std::vector<std::byte> kept_;
};

// Errors that every way of uploading has.
Error empty_file();
Error file_too_large(std::uint64_t limit);

}  // namespace soundbite
