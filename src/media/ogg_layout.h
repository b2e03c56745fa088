// The pages of an Ogg file, read by their headers alone.
#pragma once

#include <cstdint>

#include "media/byte_source.h"

namespace soundbite::media {

struct OggLayout {
  std::uint64_t links = 0;  // streams behind one another; streams beside one another count as one
  bool complete = false;    // the last page is whole and says that it is the last
};

OggLayout read_ogg_layout(ByteSource& bytes);

}  // namespace soundbite::media
