// What is done to samples after the voice: volume, level, and edges that do not click. Samples are mono, −1…1.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace soundbite {

// Multiplies by `gain_db`. Above 0 dB what would pass −1 dB of full scale is bent towards that instead of being cut
// off.
void apply_volume(std::span<float> samples, double gain_db);

// From silence to full over the first `length` samples; to silence over the last.
void fade_in(std::span<float> samples, std::size_t length);
void fade_out(std::span<float> samples, std::size_t length);

// False when any sample is not a finite number.
bool all_finite(std::span<const float> samples);

// RMS in dB of the speech alone: of the 20 ms frames within 20 dB of the loudest, so that pauses do not count. Nullopt
// when there is less than 0.3 s of it: too little to judge.
std::optional<double> speech_level_db(std::span<const float> samples, int sample_rate);

// Brings utterances that a voice happened to say louder or softer nearer to the others. One gain for a whole utterance,
// so that nothing pumps; the voice's own mean is the aim, so that no level is imposed. For one thread at a time.
class Leveller {
 public:
  // The gain in dB for the utterance that begins with `samples`, −3…3; 0 for the first.
  double gain_for(std::span<const float> samples, int sample_rate);

 private:
  double mean_db_ = 0;
  double heard_ = 0;  // utterances in the mean; the weight of one stays above 1/8
};

}  // namespace soundbite
