#include "media/analysis/kernels.h"

namespace soundbite::media {

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

const Kernels& kernels() { return has_avx2() ? avx2_kernels : baseline_kernels; }

}  // namespace soundbite::media
