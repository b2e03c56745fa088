// The target is that of the functions below alone. As a flag of the compiler it would reach inline functions of headers
// too, of which the linker keeps any one.
#include "media/analysis/kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

namespace soundbite::media {
namespace {
#include "media/analysis/kernels.inc"
}  // namespace

const Kernels avx2_kernels{weighted_energy, peak, peak_between, extent, moments, product};

}  // namespace soundbite::media

#pragma clang attribute pop
