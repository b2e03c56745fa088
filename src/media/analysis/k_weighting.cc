#include "media/analysis/k_weighting.h"

#include <cmath>
#include <numbers>

namespace soundbite::media {

// The standard gives coefficients for 48 kHz alone. These are the analogue filters behind them, brought to the rate by
// the bilinear transform.
KCoefficients k_coefficients(int sample_rate) {
  constexpr double shelf_hz = 1681.974450955533;
  constexpr double shelf_db = 3.999843853973347;
  constexpr double shelf_q = 0.7071752369554196;
  constexpr double high_hz = 38.13547087602444;
  constexpr double high_q = 0.5003270373238773;
  KCoefficients result{};
  {
    const double k = std::tan(std::numbers::pi * shelf_hz / sample_rate);
    const double top = std::pow(10, shelf_db / 20);
    const double middle = std::pow(top, 0.4996667741545416);
    const double a0 = 1 + k / shelf_q + k * k;
    result.shelf_b = {(top + middle * k / shelf_q + k * k) / a0, 2 * (k * k - top) / a0,
                      (top - middle * k / shelf_q + k * k) / a0};
    result.shelf_a = {2 * (k * k - 1) / a0, (1 - k / shelf_q + k * k) / a0};
  }
  {
    const double k = std::tan(std::numbers::pi * high_hz / sample_rate);
    const double a0 = 1 + k / high_q + k * k;
    result.high_a = {2 * (k * k - 1) / a0, (1 - k / high_q + k * k) / a0};
  }
  return result;
}

KFilter k_filter(int sample_rate) {
  KFilter filter{.one = k_coefficients(sample_rate)};
  for (std::size_t sample = 0; sample < KFilter::step; ++sample) {
    KState state{};
    for (std::size_t i = 0; i < KFilter::step; ++i) {
      filter.output_of_sample[sample][i] = k_step(filter.one, state, i == sample ? 1 : 0);
    }
    filter.state_of_sample[sample] = state;
  }
  for (std::size_t part = 0; part < 4; ++part) {
    KState state{};
    state[part] = 1;
    for (std::size_t i = 0; i < KFilter::step; ++i) filter.output_of_state[part][i] = k_step(filter.one, state, 0);
    filter.state_of_state[part] = state;
  }
  return filter;
}

double channel_weight(int channels, std::size_t channel) {
  constexpr double around = 1.41;
  switch (channels) {
    case 3: return channel == 2 ? 0 : 1;                          // L R LFE
    case 5: return channel >= 3 ? around : 1;                     // L R C Ls Rs
    case 6: return channel == 3 ? 0 : channel >= 4 ? around : 1;  // L R C LFE Ls Rs
    case 7: return channel == 3 ? 0 : channel >= 5 ? around : 1;  // L R C LFE back, sides
    case 8: return channel == 3 ? 0 : channel >= 6 ? around : 1;  // L R C LFE backs, sides
    default: return 1;                                            // mono; L R; L R C back
  }
}

}  // namespace soundbite::media
