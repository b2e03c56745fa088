// The chunks of a RIFF or RF64 file, read by their headers alone.
#pragma once

#include <cstdint>
#include <optional>

#include "media/byte_source.h"

namespace soundbite::media {

struct RiffLayout {
  // Of audio, as the file says; none where it says that it did not know yet, as what is written into a pipe does.
  std::optional<std::uint64_t> data_bytes;
  bool complete = true;  // so many bytes are there
};

RiffLayout read_riff_layout(ByteSource& bytes);

}  // namespace soundbite::media
