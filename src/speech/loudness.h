// What is done to samples after the voice: volume, and edges that do not click. Pure functions; samples are −1…1.
#pragma once

#include <cstddef>
#include <span>

namespace soundbite {

// Multiplies by `gain_db`. Above 0 dB what would pass full scale is bent towards it instead of being cut off.
void apply_volume(std::span<float> samples, double gain_db);

// From silence to full over the first `length` samples; to silence over the last.
void fade_in(std::span<float> samples, std::size_t length);
void fade_out(std::span<float> samples, std::size_t length);

// False when any sample is not a finite number.
bool all_finite(std::span<const float> samples);

}  // namespace soundbite
