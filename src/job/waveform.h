// Waveforms in the formats of audiowaveform and wavesurfer: what a player draws. Pure; throws nothing but bad_alloc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace soundbite {

// The lowest and the highest sample of each stretch of a recording.
struct Waveform {
  int sample_rate = 0;        // Hz
  int samples_per_pixel = 0;  // frames that one point tells of; the last may have fewer
  int channels = 0;
  int bits = 16;                   // 8 or 16
  std::vector<std::int16_t> data;  // lowest, highest of each channel, point by point

  std::size_t length() const {  // points
    return channels == 0 ? 0 : data.size() / 2 / static_cast<std::size_t>(channels);
  }
  bool operator==(const Waveform&) const = default;
};

inline constexpr int max_waveform_channels = 24;

// An audiowaveform .dat of version 1 or 2, the whole of it and nothing behind. Errors: corrupt, with what is wrong.
Result<Waveform> parse_waveform(std::string_view dat);

// Version 1 for one channel, 2 otherwise.
std::string to_audiowaveform_dat(const Waveform& waveform);

// As audiowaveform writes it: its keys in its order, without spaces, with a newline at the end.
std::string to_audiowaveform_json(const Waveform& waveform);

// {"peaks":[[…],…],"duration":…}: for each channel lowest, highest, …, from −1 to 1, as wavesurfer takes them.
std::string to_wavesurfer_json(const Waveform& waveform, double duration_s);

// The same with coarser points. A point of the original belongs to the new one in which it begins, so whole multiples
// are exact; what is not coarser is answered as it is.
Waveform with_samples_per_pixel(const Waveform& waveform, int samples_per_pixel);

// The fewest samples per pixel with which there are at most `points` points; points ≥ 1.
int samples_per_pixel_for(const Waveform& waveform, std::size_t points);

// One channel: the means of the channels' lowest and highest, toward zero.
Waveform folded_to_mono(const Waveform& waveform);

// 16 bits become 8: a 256th, toward zero. What has 8 is answered as it is.
Waveform with_8_bits(const Waveform& waveform);

// `count` magnitudes from 0 to 1, the largest of all channels in as many equal stretches; empty for no points.
std::vector<float> peaks_of(const Waveform& waveform, std::size_t count);

}  // namespace soundbite
