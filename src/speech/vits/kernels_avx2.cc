// Compiled with -mavx2 -mfma (CMakeLists.txt); reached through best_kernels() only.
#if defined(__AVX2__) && defined(__FMA__)
#include "speech/vits/vector_kernels.inc"

namespace soundbite::vits {
const Kernels* avx2_kernels() { return &vector_kernels; }
}  // namespace soundbite::vits
#else
#include "speech/vits/kernels.h"

namespace soundbite::vits {
const Kernels* avx2_kernels() { return nullptr; }
}  // namespace soundbite::vits
#endif
