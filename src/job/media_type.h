// Which container a file is in, by its first bytes alone: the allow-list of everything that SoundBite will ever decode.
// Names and claimed types never count. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace soundbite {

enum class Container { wav, w64, rf64, aiff, flac, mp3, adts, mp4, ogg, matroska, caf };

struct ContainerTraits {
  Container container;
  std::string_view name;          // "wav", as analyses show it
  std::string_view content_type;  // "audio/wav"
  std::string_view demuxer;       // of libav, forced: "wav"
  std::string_view extensions;    // separated by spaces, the usual one first: "m4a mp4 mov"
};

const ContainerTraits& traits_of(Container container);

// How many of the first bytes are enough. A tag in front of an MP3 or ADTS stream may be longer: then what follows it
// is looked at when it is within, else "ID3" alone counts as mp3.
inline constexpr std::size_t sniff_bytes = 4'096;

// Nullopt for everything else: playlists, documents, pictures, HTML, random bytes.
std::optional<Container> sniff_container(std::span<const std::byte> first_bytes);

}  // namespace soundbite
