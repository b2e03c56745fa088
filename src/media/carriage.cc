#include "media/carriage.h"

#include <algorithm>
#include <array>
#include <utility>

namespace soundbite::media {
namespace {

// INFO chunks have a four-letter name for each of these.
constexpr std::array<std::string_view, 8> in_wav = {"album", "artist", "comment", "copyright",
                                                    "date",  "genre",  "title",   "track"};
// The atoms that players read, with one name each.
constexpr std::array<std::string_view, 19> in_m4a = {
    "title",      "artist",    "album_artist", "composer",    "album",    "date", "comment",
    "genre",      "copyright", "lyrics",       "description", "synopsis", "show", "grouping",
    "episode_id", "network",   "keywords",     "track",       "disc"};

bool is_in(const auto& keys, std::string_view key) { return std::ranges::find(keys, key) != keys.end(); }

}  // namespace

bool carries_tag(Format format, std::string_view key) {
  switch (format) {
    case Format::mp3:
    case Format::flac:
    case Format::opus:
    case Format::vorbis: return true;
    case Format::wav: return is_in(in_wav, key);
    case Format::m4a: return is_in(in_m4a, key);
    case Format::aac: return false;
  }
  std::unreachable();
}

bool carries_covers(Format format) { return format == Format::mp3 || format == Format::flac || format == Format::m4a; }

std::vector<std::string> dropped_from(const Attachments& attachments, Format format) {
  std::vector<std::string> dropped;
  if (attachments.unknown_pictures > 0 || (!attachments.covers.empty() && !carries_covers(format))) {
    dropped.emplace_back("cover art");
  }
  for (const auto& [key, value] : attachments.tags) {
    if (!carries_tag(format, key)) dropped.push_back("tag " + key);
  }
  return dropped;
}

}  // namespace soundbite::media
