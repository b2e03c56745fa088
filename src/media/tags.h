// What a recording says about itself: tags and a cover.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "job/media_task.h"
#include "media/av.h"

namespace soundbite::media {

using Tags = std::map<std::string, std::string>;  // keys in lower case as libav names them: "title", "album_artist"

struct CoverArt {
  AVCodecID codec = AV_CODEC_ID_NONE;  // PNG or MJPEG
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> bytes;
};

struct Attachments {
  Tags tags;
  std::vector<CoverArt> covers;      // the first is the front
  std::size_t unknown_pictures = 0;  // in formats that nobody here can name
};

// Values are well-formed UTF-8 without control characters other than line ends and tabs; what is neither UTF-8 nor
// ASCII is taken for Latin-1, as old RIFF tags are. What only its own container can mean (brands, encoders, gap counts)
// is left out. Errors: invalid, limit_exceeded.
Result<Attachments> read_attachments(const AVFormatContext& input, const AVStream& audio, const MediaInput& name,
                                     const MediaLimits& limits);

// The bytes as well-formed UTF-8.
std::string to_utf8(std::string_view bytes);

}  // namespace soundbite::media
