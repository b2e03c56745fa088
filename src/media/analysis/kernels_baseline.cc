#include "media/analysis/kernels.h"

// Vectors wider than the set's registers are passed to functions that are always inlined: no ABI is met.
#pragma clang diagnostic ignored "-Wpsabi"

namespace soundbite::media {
namespace {
#include "media/analysis/kernels.inc"
}  // namespace

const Kernels baseline_kernels{weighted_energy, peak, peak_between, extent, moments, product};

}  // namespace soundbite::media
