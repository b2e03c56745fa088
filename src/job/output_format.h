// The audio formats that leave SoundBite, and what each allows. Pure data.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace soundbite {

enum class Format { mp3, wav, flac, opus, vorbis, aac, m4a };

// Bits per second of all channels together.
struct BitrateRange {
  int low;
  int high;
};

// The bitrates of a group of sample rates: those above the band before it, up to max_rate.
struct BitrateBand {
  int max_rate;                 // Hz
  std::span<const int> values;  // ascending: only these; empty: any of the range
  BitrateRange mono;
  BitrateRange stereo;
  int default_mono;
  int default_stereo;
};

struct FormatTraits {
  Format format;
  std::string_view name;              // as in requests: "mp3"
  std::string_view content_type;      // "audio/mpeg"
  std::string_view extension;         // without the dot: "mp3"
  std::span<const int> sample_rates;  // Hz, ascending; empty: any from min_rate to max_rate
  int min_rate;
  int max_rate;
  int max_channels;
  std::span<const BitrateBand> bands;  // ascending; empty: the format has no bitrate (wav, flac)
};

// What a bitrate may be: one of `values`, or anything in `range` where there are none.
struct BitrateChoice {
  std::span<const int> values;
  BitrateRange range;

  bool allows(int bitrate) const;
};

const FormatTraits& traits_of(Format format);
std::span<const FormatTraits> all_formats();
std::optional<Format> parse_format(std::string_view name);

bool allows_rate(const FormatTraits& traits, int sample_rate);

// Null when the format has no bitrate. `sample_rate` is one that the format allows.
const BitrateBand* band_at(const FormatTraits& traits, int sample_rate);
BitrateChoice bitrates_at(const BitrateBand& band, int channels);
// The same over all sample rates, for a format that has bitrates.
BitrateChoice all_bitrates(const FormatTraits& traits, int channels);

// The rate the format will have when none was asked: `source_rate` where allowed, else the nearest allowed above, else
// the highest.
int nearest_sample_rate(const FormatTraits& traits, int source_rate);

}  // namespace soundbite
