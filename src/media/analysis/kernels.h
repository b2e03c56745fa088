// The inner loops of analysis, once for each instruction set. All are pure functions of their arguments; sets agree but
// for rounding.
#pragma once

#include <cstddef>

#include "media/analysis/interpolator.h"
#include "media/analysis/k_weighting.h"

namespace soundbite::media {

struct Extent {
  float low = 0;
  float high = 0;
};

struct Moments {
  double sum = 0;
  double squares = 0;
};

struct Kernels {
  // The sum of the squares of the K-weighted samples; moves the state on.
  double (*weighted_energy)(const KFilter& filter, KState& state, const float* samples, std::size_t count);
  // The largest magnitude; 0 for none.
  float (*peak)(const float* samples, std::size_t count);
  // The largest magnitude between samples that ends at one of `samples`. Reads interpolator_reach samples before them.
  float (*peak_between)(const Interpolator& filter, const float* samples, std::size_t count);
  // Lowest and highest; count ≥ 1.
  Extent (*extent)(const float* samples, std::size_t count);
  // count ≤ 100,000, for lanes sum in float.
  Moments (*moments)(const float* samples, std::size_t count);
  // The sum of the products; count as above.
  double (*product)(const float* left, const float* right, std::size_t count);
};

inline constexpr std::size_t interpolator_reach = 32;

extern const Kernels baseline_kernels;
extern const Kernels avx2_kernels;  // needs AVX2 and FMA

bool has_avx2();

// The fastest set that this processor runs.
const Kernels& kernels();

}  // namespace soundbite::media
