#include "job/output_format.h"

#include <algorithm>
#include <array>

namespace soundbite {
namespace {

// MPEG-1 (32–48 kHz), MPEG-2 (16–24 kHz) and MPEG-2.5 (8–12 kHz) layer III; the last as far as LAME goes.
constexpr std::array mp3_rates = {8'000, 11'025, 12'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000};
constexpr std::array mpeg1 = {32'000,  40'000,  48'000,  56'000,  64'000,  80'000,  96'000,
                              112'000, 128'000, 160'000, 192'000, 224'000, 256'000, 320'000};
constexpr std::array mpeg2 = {8'000,  16'000, 24'000, 32'000,  40'000,  48'000,  56'000,
                              64'000, 80'000, 96'000, 112'000, 128'000, 144'000, 160'000};
constexpr std::array mpeg25 = {8'000, 16'000, 24'000, 32'000, 40'000, 48'000, 56'000, 64'000};
constexpr std::array every_mp3 = {8'000,  16'000,  24'000,  32'000,  40'000,  48'000,  56'000,  64'000,  80'000,
                                  96'000, 112'000, 128'000, 144'000, 160'000, 192'000, 224'000, 256'000, 320'000};
constexpr std::array<BitrateBand, 3> mp3_bands = {{
    {12'000, mpeg25, {8'000, 64'000}, {8'000, 64'000}, 32'000, 64'000},
    {24'000, mpeg2, {8'000, 160'000}, {8'000, 160'000}, 64'000, 128'000},
    {48'000, mpeg1, {32'000, 320'000}, {32'000, 320'000}, 96'000, 192'000},
}};

// What a FLAC frame header can say without asking STREAMINFO, and the two studio rates above.
constexpr std::array flac_rates = {8'000,  11'025, 12'000, 16'000, 22'050,  24'000,  32'000,  44'100,
                                   48'000, 64'000, 88'200, 96'000, 176'400, 192'000, 352'800, 384'000};

// An Ogg Opus file plays at 48 kHz whatever went in (RFC 7845), so no other rate can be promised.
constexpr std::array opus_rates = {48'000};
constexpr std::array<BitrateBand, 1> opus_bands = {{
    {48'000, {}, {6'000, 256'000}, {6'000, 510'000}, 32'000, 64'000},
}};

// The rates for which libvorbis has tuned modes, and the mean bitrates that each of them reaches.
constexpr std::array vorbis_rates = {8'000, 11'025, 12'000, 16'000, 22'050, 24'000, 32'000, 44'100, 48'000};
constexpr std::array<BitrateBand, 6> vorbis_bands = {{
    {8'000, {}, {8'000, 42'000}, {12'000, 84'000}, 24'000, 40'000},
    {12'000, {}, {12'000, 50'000}, {16'000, 100'000}, 32'000, 56'000},
    {16'000, {}, {16'000, 100'000}, {24'000, 200'000}, 48'000, 80'000},
    {24'000, {}, {16'000, 90'000}, {30'000, 180'000}, 56'000, 96'000},
    {32'000, {}, {30'000, 190'000}, {36'000, 380'000}, 72'000, 112'000},
    {48'000, {}, {32'000, 240'000}, {45'000, 500'000}, 80'000, 128'000},
}};

// A channel's frame of 1,024 samples holds at most 6,144 bits: 6 bits a sample at the band's lowest rate.
constexpr std::array aac_rates = {8'000,  11'025, 12'000, 16'000, 22'050, 24'000,
                                  32'000, 44'100, 48'000, 64'000, 88'200, 96'000};
constexpr std::array<BitrateBand, 7> aac_bands = {{
    {8'000, {}, {8'000, 48'000}, {16'000, 96'000}, 32'000, 64'000},
    {12'000, {}, {8'000, 66'000}, {16'000, 132'000}, 40'000, 80'000},
    {16'000, {}, {8'000, 96'000}, {16'000, 192'000}, 48'000, 96'000},
    {24'000, {}, {8'000, 132'000}, {16'000, 264'000}, 64'000, 128'000},
    {32'000, {}, {16'000, 192'000}, {32'000, 384'000}, 80'000, 160'000},
    {48'000, {}, {16'000, 264'000}, {32'000, 528'000}, 96'000, 192'000},
    {96'000, {}, {32'000, 320'000}, {64'000, 640'000}, 128'000, 256'000},
}};

constexpr std::array<FormatTraits, 7> formats = {{
    {Format::mp3, "mp3", "audio/mpeg", "mp3", mp3_rates, 8'000, 48'000, 2, mp3_bands},
    {Format::wav, "wav", "audio/wav", "wav", {}, 8'000, 384'000, 8, {}},
    {Format::flac, "flac", "audio/flac", "flac", flac_rates, 8'000, 384'000, 8, {}},
    {Format::opus, "opus", "audio/ogg; codecs=opus", "opus", opus_rates, 48'000, 48'000, 2, opus_bands},
    {Format::vorbis, "vorbis", "audio/ogg; codecs=vorbis", "ogg", vorbis_rates, 8'000, 48'000, 2, vorbis_bands},
    {Format::aac, "aac", "audio/aac", "aac", aac_rates, 8'000, 96'000, 2, aac_bands},
    {Format::m4a, "m4a", "audio/mp4", "m4a", aac_rates, 8'000, 96'000, 2, aac_bands},
}};

}  // namespace

bool BitrateChoice::allows(int bitrate) const {
  if (values.empty()) return bitrate >= range.low && bitrate <= range.high;
  return std::ranges::binary_search(values, bitrate);
}

const FormatTraits& traits_of(Format format) { return formats[static_cast<std::size_t>(format)]; }

std::span<const FormatTraits> all_formats() { return formats; }

std::optional<Format> parse_format(std::string_view name) {
  const auto found = std::ranges::find(formats, name, &FormatTraits::name);
  if (found == formats.end()) return std::nullopt;
  return found->format;
}

bool allows_rate(const FormatTraits& traits, int sample_rate) {
  if (traits.sample_rates.empty()) return sample_rate >= traits.min_rate && sample_rate <= traits.max_rate;
  return std::ranges::binary_search(traits.sample_rates, sample_rate);
}

const BitrateBand* band_at(const FormatTraits& traits, int sample_rate) {
  const auto band = std::ranges::lower_bound(traits.bands, sample_rate, {}, &BitrateBand::max_rate);
  return band == traits.bands.end() ? nullptr : &*band;
}

BitrateChoice bitrates_at(const BitrateBand& band, int channels) {
  return {band.values, channels == 1 ? band.mono : band.stereo};
}

BitrateChoice all_bitrates(const FormatTraits& traits, int channels) {
  BitrateChoice all = bitrates_at(traits.bands.front(), channels);
  if (!all.values.empty()) all.values = every_mp3;
  for (const BitrateBand& band : traits.bands) {
    const BitrateRange range = bitrates_at(band, channels).range;
    all.range = {std::min(all.range.low, range.low), std::max(all.range.high, range.high)};
  }
  return all;
}

int nearest_sample_rate(const FormatTraits& traits, int source_rate) {
  if (traits.sample_rates.empty()) return std::clamp(source_rate, traits.min_rate, traits.max_rate);
  const auto above = std::ranges::lower_bound(traits.sample_rates, source_rate);
  return above == traits.sample_rates.end() ? traits.sample_rates.back() : *above;
}

}  // namespace soundbite
