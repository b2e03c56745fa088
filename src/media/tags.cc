#include "media/tags.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/text.h"
#include "media/picture_header.h"
#include "media/refusal.h"

namespace soundbite::media {
namespace {

// Of the container or of the encoder that made it, and untrue of anything made from it.
constexpr std::array<std::string_view, 14> of_the_container = {
    "major_brand", "minor_version", "compatible_brands", "creation_time", "encoder", "encoded_by", "itunsmpb",
    "tsse",        "handler_name",  "vendor_id",         "language",      "bps",     "duration",   "gapless_playback"};

bool belongs_to_container(std::string_view key) {
  // Gains to play with are of the samples before any operation.
  if (key.starts_with("replaygain_") || key.starts_with("itunnorm") || key.starts_with("_statistics_")) return true;
  return std::ranges::find(of_the_container, key) != of_the_container.end();
}

std::string lower_case(std::string_view key) {
  std::string lower(key);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

Error too_much(const MediaInput& name, std::string what, std::uint64_t limit) {
  return refusal(name.pointer, "limit_exceeded",
                 "the file has more than " + std::to_string(limit) + " bytes of " + what + "; remove them");
}

Result<void> read_tags(const AVDictionary* dictionary, const MediaInput& name, const MediaLimits& limits,
                       std::uint64_t& bytes, Tags& tags) {
  const AVDictionaryEntry* entry = nullptr;
  while ((entry = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX))) {
    const std::string_view key = entry->key;
    const std::string_view value = entry->value;
    bytes += key.size() + value.size();
    if (bytes > limits.max_tag_bytes) return std::unexpected(too_much(name, "tags", limits.max_tag_bytes));
    const std::string clean = to_utf8(lower_case(key));
    if (clean.empty() || value.empty() || belongs_to_container(clean)) continue;
    tags.try_emplace(clean, to_utf8(value));
  }
  return {};
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  std::string text;
  if (!find_invalid_utf8(bytes)) {
    text = bytes;
  } else {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte >= 0x80) {
        text.push_back(static_cast<char>(0xC0 | byte >> 6));
        text.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
      } else {
        text.push_back(c);
      }
    }
  }
  std::erase_if(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
  });
  return text;
}

Result<Attachments> read_attachments(const AVFormatContext& input, const AVStream& audio, const MediaInput& name,
                                     const MediaLimits& limits) {
  Attachments found;
  std::uint64_t bytes = 0;
  for (const AVDictionary* dictionary : {input.metadata, audio.metadata}) {
    if (auto done = read_tags(dictionary, name, limits, bytes, found.tags); !done) return std::unexpected(done.error());
  }
  std::uint64_t art_bytes = 0;
  for (const AVStream* stream : std::span(input.streams, input.nb_streams)) {
    if (!(stream->disposition & AV_DISPOSITION_ATTACHED_PIC) || !stream->attached_pic.data) continue;
    const std::span<const std::uint8_t> picture(stream->attached_pic.data,
                                                static_cast<std::size_t>(stream->attached_pic.size));
    art_bytes += picture.size();
    if (art_bytes > limits.max_art_bytes) return std::unexpected(too_much(name, "pictures", limits.max_art_bytes));
    const auto header = read_picture_header(picture);
    if (!header) {
      ++found.unknown_pictures;
      continue;
    }
    found.covers.push_back({.codec = header->kind == PictureHeader::Kind::png ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG,
                            .width = header->width,
                            .height = header->height,
                            .bytes = {picture.begin(), picture.end()}});
  }
  return found;
}

}  // namespace soundbite::media
