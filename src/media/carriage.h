// Which tags and pictures each output container can hold. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "job/output_format.h"
#include "media/tags.h"

namespace soundbite::media {

bool carries_tag(Format format, std::string_view key);
bool carries_covers(Format format);

// What of it a file of this format will not have: "cover art", "tag lyrics".
std::vector<std::string> dropped_from(const Attachments& attachments, Format format);

}  // namespace soundbite::media
