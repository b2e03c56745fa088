// Amplitudes and decibels.
#pragma once

#include <cmath>
#include <cstdint>

namespace soundbite::media {

inline double from_db(double db) { return std::pow(10.0, db / 20); }
inline double to_db(double amplitude) { return 20 * std::log10(amplitude); }

// A time as the nearest number of frames.
inline std::uint64_t frames_of(double seconds, int sample_rate) {
  return static_cast<std::uint64_t>(std::llround(seconds * sample_rate));
}

}  // namespace soundbite::media
