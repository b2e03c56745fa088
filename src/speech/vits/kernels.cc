#include "speech/vits/kernels.h"

#include "speech/vits/toom_cook.h"

namespace soundbite::vits {

std::ptrdiff_t row_granule(int taps, std::ptrdiff_t dilation) { return tile_outputs(taps) * dilation; }

const Kernels* best_kernels() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2_kernels();
#endif
  return nullptr;
}

}  // namespace soundbite::vits
