// The audio formats that leave SoundBite, and what each allows. Pure data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace soundbite {

enum class Format { mp3, wav, flac, opus, vorbis, aac, m4a };

struct FormatTraits {
  Format format;
  std::string_view name;              // as in requests: "mp3"
  std::string_view content_type;      // "audio/mpeg"
  std::string_view extension;         // without the dot: "mp3"
  std::span<const int> sample_rates;  // Hz, ascending; empty: any from min_rate to max_rate
  int min_rate;
  int max_rate;
  int max_channels;
  std::span<const int> bitrates;  // bits per second, ascending; empty: any from min_bitrate to max_bitrate
  int min_bitrate;                // 0 where the format has no bitrate (wav, flac)
  int max_bitrate;                // for one channel; twice that for two where the format says so
  int default_bitrate_per_channel;
};

const FormatTraits& traits_of(Format format);
std::span<const FormatTraits> all_formats();
std::optional<Format> parse_format(std::string_view name);

// The rate the format will have when none was asked: `source_rate` where allowed, else the nearest allowed above, else
// the highest.
int nearest_sample_rate(const FormatTraits& traits, int source_rate);

}  // namespace soundbite
