#include "media/analysis/kernels.h"

#include <gmock/gmock.h>

#include "media/analysis/signal_test.h"

namespace soundbite::media {

static void PrintTo(const Kernels* kernels, std::ostream* out) {
  *out << (kernels == &baseline_kernels ? "baseline" : "avx2");
}

namespace {

// What the loops should answer, written as they are defined.
double weighted_energy_one_by_one(int rate, const float* samples, std::size_t count) {
  const KCoefficients k = k_coefficients(rate);
  KState state{};
  double energy = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double y = k_step(k, state, static_cast<double>(samples[i]));
    energy += y * y;
  }
  return energy;
}

float peak_between_one_by_one(const Interpolator& filter, const float* samples, std::size_t count) {
  double result = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t p = 0; p < filter.positions; ++p) {
      double sum = 0;
      for (std::size_t k = 0; k < filter.taps; ++k) sum += double(filter.tap[p][k]) * double(*(samples + i - k));
      result = std::max(result, std::abs(sum));
    }
  }
  return static_cast<float>(result);
}

class KernelSets : public testing::TestWithParam<const Kernels*> {
 protected:
  void SetUp() override {
    if (GetParam() == &avx2_kernels && !has_avx2()) GTEST_SKIP() << "this processor has no AVX2";
  }
  const Kernels& loops() const { return *GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(of, KernelSets, testing::Values(&baseline_kernels, &avx2_kernels),
                         testing::PrintToStringParamName());

TEST_P(KernelSets, weigh_as_the_filters_are_defined_at_any_rate_and_length) {
  for (const int rate : {8'000, 44'100, 48'000, 192'000, 384'000}) {
    Samples noise;
    append_noise(noise, rate, 0.05, -6);
    const KFilter filter = k_filter(rate);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8}, noise.size() - 3}) {
      KState state{};
      const double expected = weighted_energy_one_by_one(rate, noise.data(), count);
      EXPECT_NEAR(loops().weighted_energy(filter, state, noise.data(), count), expected, 1e-9 * (1 + expected));
    }
  }
}

TEST_P(KernelSets, carry_the_state_of_the_filters_from_block_to_block) {
  Samples noise;
  append_noise(noise, 48'000, 0.02, -6);
  const KFilter filter = k_filter(48'000);
  KState state{};
  double energy = 0;
  for (std::size_t at = 0; at < noise.size(); at += 60) {
    energy += loops().weighted_energy(filter, state, noise.data() + at, 60);
  }
  EXPECT_NEAR(energy, weighted_energy_one_by_one(48'000, noise.data(), noise.size()), 1e-9);
}

TEST_P(KernelSets, find_the_peak_between_samples_for_any_number_of_them) {
  Samples noise;
  append_noise(noise, 48'000, 0.01, 0);
  for (const int rate : {48'000, 96'000, 192'000}) {
    const Interpolator filter = interpolator(rate);
    for (const std::size_t count : {8U, 64U, 61U, 400U}) {
      const float* samples = noise.data() + interpolator_reach;
      EXPECT_NEAR(loops().peak_between(filter, samples, count), peak_between_one_by_one(filter, samples, count), 1e-5);
    }
    EXPECT_EQ(loops().peak_between(filter, noise.data() + interpolator_reach, 0), 0);
  }
}

TEST_P(KernelSets, stay_within_the_bound_by_which_blocks_are_skipped) {
  for (const int rate : {48'000, 96'000}) {
    const Interpolator filter = interpolator(rate);
    for (std::size_t p = 0; p < filter.positions; ++p) {
      Samples worst(interpolator_reach + 8);
      for (std::size_t k = 0; k < filter.taps; ++k) {
        worst[interpolator_reach + 7 - k] = filter.tap[p][k] < 0 ? -1.0F : 1.0F;
      }
      const float found = loops().peak_between(filter, worst.data() + interpolator_reach, 8);
      EXPECT_LE(found, filter.bound);
      EXPECT_GT(found, 1.2F);
    }
  }
}

TEST_P(KernelSets, find_extents_peaks_and_sums_for_any_number_of_samples) {
  Samples noise;
  append_noise(noise, 48'000, 0.01, -3);
  for (const std::size_t count : {1U, 7U, 8U, 17U, 255U, 256U}) {
    const std::span<const float> part(noise.data(), count);
    const auto [low, high] = std::ranges::minmax(part);
    EXPECT_EQ(loops().extent(part.data(), count).low, low);
    EXPECT_EQ(loops().extent(part.data(), count).high, high);
    EXPECT_EQ(loops().peak(part.data(), count), std::max(std::abs(low), std::abs(high)));
    double sum = 0;
    double squares = 0;
    double product = 0;
    for (std::size_t i = 0; i < count; ++i) {
      sum += double(noise[i]);
      squares += double(noise[i]) * double(noise[i]);
      product += double(noise[i]) * double(noise[i + 100]);
    }
    EXPECT_NEAR(loops().moments(part.data(), count).sum, sum, 1e-4);
    EXPECT_NEAR(loops().moments(part.data(), count).squares, squares, 1e-4);
    EXPECT_NEAR(loops().product(part.data(), noise.data() + 100, count), product, 1e-4);
  }
}

}  // namespace
}  // namespace soundbite::media
