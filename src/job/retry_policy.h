// When a failed attempt is tried again. Pure.
#pragma once

#include "base/error.h"
#include "base/time.h"

namespace soundbite {

struct RetryPolicy {
  int max_attempts = 3;        // failures reported by workers, then dead letter
  int max_interruptions = 10;  // leases lost, counted apart
  Milliseconds base{1'000};
  Milliseconds cap{60'000};
};

// Full jitter: uniform in [0, min(cap, base · 2^(failures−1))), with `jitter` in [0, 1).
// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
Milliseconds backoff(const RetryPolicy& policy, int failures, double jitter);

}  // namespace soundbite
