// From the powers of many windows to one number: the gates of BS.1770-4, and the range of EBU Tech 3342. Pure.
#pragma once

#include <optional>
#include <span>

namespace soundbite::media {

// Loudness of a K-weighted mean square in LUFS; none for 0.
std::optional<double> loudness_of(double power);
double power_of(double loudness);

// The powers of windows of 400 ms, one each 100 ms. None when all are below −70 LUFS.
std::optional<double> integrated_loudness(std::span<const float> powers);

// The powers of windows of 3 s, one each 100 ms. In LU; none when all are below −70 LUFS.
std::optional<double> loudness_range(std::span<const float> powers);

}  // namespace soundbite::media
