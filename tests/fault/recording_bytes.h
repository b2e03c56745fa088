// What the recordings of the fault tests are made of, so that whoever looks later knows what must be there.
#pragma once

#include <cstddef>
#include <string>

#include "base/id.h"

namespace soundbite {

inline constexpr std::size_t chunk_bytes = 10'000;
inline constexpr std::size_t chunks_of_upload = 3;
inline constexpr std::size_t upload_bytes = chunk_bytes * chunks_of_upload;

// Bytes that no other recording has.
inline std::string recording_of(const UuidBytes& id, std::size_t bytes) {
  const std::string name = format_uuid(id) + "\n";
  std::string text;
  while (text.size() < bytes) text += name;
  text.resize(bytes);
  return text;
}

inline std::string chunk_of(const UuidBytes& id, std::size_t number) {
  return recording_of(id, upload_bytes).substr(number * chunk_bytes, chunk_bytes);
}

// An upload becomes the file of the same bytes of id.
inline FileId file_of(UploadId id) { return {id.bytes}; }

}  // namespace soundbite
