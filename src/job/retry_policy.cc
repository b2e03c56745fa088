#include "job/retry_policy.h"

#include <algorithm>
#include <cmath>

namespace soundbite {

Milliseconds backoff(const RetryPolicy& policy, int failures, double jitter) {
  const double doubled = static_cast<double>(policy.base.count()) * std::exp2(std::clamp(failures - 1, 0, 40));
  const double ceiling = std::min(doubled, static_cast<double>(policy.cap.count()));
  return Milliseconds(static_cast<std::int64_t>(ceiling * std::clamp(jitter, 0.0, 1.0)));
}

}  // namespace soundbite
