#include "speech/vits/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <tuple>
#include <vector>

#include "speech/vits/aligned_floats.h"

namespace soundbite::vits {
namespace {

std::vector<float> noise(std::size_t count, unsigned seed) {
  std::minstd_rand random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

double leaky(double x, double slope) { return x > 0 ? x : x * slope; }

struct Sizes {
  std::ptrdiff_t taps, in, out, dilation, rows;
};

class KernelTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kernels_) GTEST_SKIP() << "no kernels for this processor";
  }

  // bias + Σ tap · leaky_relu(in), in double.
  static std::vector<double> plain_sum(const Sizes& sizes, const std::vector<float>& in, const std::vector<float>& taps,
                                       const std::vector<float>& bias, float slope) {
    std::vector<double> out;
    for (std::ptrdiff_t row = 0; row < sizes.rows; ++row)
      for (std::ptrdiff_t o = 0; o < sizes.out; ++o) {
        double sum = bias[o];
        for (std::ptrdiff_t k = 0; k < sizes.taps; ++k)
          for (std::ptrdiff_t c = 0; c < sizes.in; ++c)
            sum +=
                taps[(k * sizes.in + c) * sizes.out + o] * leaky(in[(row + k * sizes.dilation) * sizes.in + c], slope);
        out.push_back(sum);
      }
    return out;
  }

  // Biggest difference to the plain sum, of a convolution whose sum is about 1.
  double error_of(const Sizes& sizes, Combine combine) {
    const std::ptrdiff_t padded = sizes.rows + row_granule(static_cast<int>(sizes.taps), sizes.dilation);
    const auto in = noise((padded + (sizes.taps - 1) * sizes.dilation) * sizes.in, 1);
    auto taps = noise(sizes.taps * sizes.in * sizes.out, 2);
    for (auto& tap : taps) tap /= std::sqrt(static_cast<float>(sizes.taps * sizes.in));
    const auto bias = noise(sizes.out, 3);
    const auto residual = noise(padded * sizes.out, 4);
    const auto before = noise(padded * sizes.out, 5);
    auto out = before;
    AlignedFloats weights(kernels_->prepared_floats(static_cast<int>(sizes.taps), sizes.in, sizes.out));
    kernels_->prepare(static_cast<int>(sizes.taps), sizes.in, sizes.out, taps.data(), weights.data());
    AlignedFloats scratch(kernels_->scratch_floats(static_cast<int>(sizes.taps), sizes.in));
    kernels_->convolve({.taps = static_cast<int>(sizes.taps),
                        .channels_in = sizes.in,
                        .channels_out = sizes.out,
                        .dilation = sizes.dilation,
                        .weights = weights.data(),
                        .bias = bias.data(),
                        .in = in.data(),
                        .slope = 0.1f,
                        .residual = residual.data(),
                        .out = out.data(),
                        .rows = sizes.rows,
                        .combine = combine,
                        .scale = 0.25f,
                        .scratch = scratch.data()});
    const auto sums = plain_sum(sizes, in, taps, bias, 0.1f);
    double worst = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
      double wanted = sums[i] + residual[i];
      if (combine != Combine::store) wanted += before[i];
      if (combine == Combine::add_and_scale) wanted *= 0.25;
      worst = std::max(worst, std::abs(out[i] - wanted));
    }
    return worst;
  }

  const Kernels* kernels_ = best_kernels();
};

using Convolution = KernelTest;

TEST_F(Convolution, equals_the_plain_sum_at_every_dilation) {
  for (const std::ptrdiff_t taps : {3, 5, 7})
    for (const std::ptrdiff_t dilation : {1, 2, 3, 6, 12})
      EXPECT_LT(error_of({taps, 32, 32, dilation, 100}, Combine::store), 5e-5) << taps << " taps, " << dilation;
}

TEST_F(Convolution, equals_the_plain_sum_with_two_taps) {
  EXPECT_LT(error_of({2, 64, 128, 1, 77}, Combine::store), 2e-5);
}

TEST_F(Convolution, equals_the_plain_sum_for_every_number_of_channels) {
  for (const std::ptrdiff_t in : {8, 24, 32, 64, 128, 192, 256})
    EXPECT_LT(error_of({7, in, 16, 1, 13}, Combine::store), 5e-5) << in << " channels";
  for (const std::ptrdiff_t out : {16, 48, 256}) EXPECT_LT(error_of({5, 8, out, 2, 13}, Combine::store), 5e-5) << out;
}

TEST_F(Convolution, equals_the_plain_sum_for_every_number_of_rows) {
  for (std::ptrdiff_t rows = 1; rows < 60; ++rows)
    EXPECT_LT(error_of({3, 16, 16, 2, rows}, Combine::store), 2e-5) << rows;
}

TEST_F(Convolution, adds_to_what_is_there_and_scales_it) {
  EXPECT_LT(error_of({5, 32, 32, 6, 50}, Combine::add), 5e-5);
  EXPECT_LT(error_of({5, 32, 32, 6, 50}, Combine::add_and_scale), 2e-5);
}

TEST_F(KernelTest, the_last_convolution_equals_the_plain_sum) {
  for (const std::ptrdiff_t samples : {1, 7, 8, 9, 100}) {
    const Sizes sizes{7, 16, 1, 1, samples};
    const auto in = noise((samples + 6 + 7) * sizes.in, 1);
    const auto taps = noise(sizes.taps * sizes.in, 2);
    std::vector<float> out(samples, 0.0f);
    AlignedFloats scratch((samples + 14) * sizes.in);
    kernels_->convolve_last({.taps = sizes.taps,
                             .channels = sizes.in,
                             .weights = taps.data(),
                             .bias = 0.5f,
                             .in = in.data(),
                             .slope = 0.01f,
                             .out = out.data(),
                             .samples = samples,
                             .scratch = scratch.data()});
    const auto wanted = plain_sum(sizes, in, taps, {0.5f}, 0.01f);
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], wanted[i], 2e-5) << samples;
  }
}

TEST_F(KernelTest, tanh_is_right_to_a_millionth_and_keeps_what_is_no_number) {
  std::vector<float> values;
  for (float x = -20; x < 20; x += 0.0137f) values.push_back(x);
  const float infinity = std::numeric_limits<float>::infinity();
  values.insert(values.end(), {0.0f, 100.0f, -100.0f, infinity, -infinity});
  auto made = values;
  kernels_->tanh(made.data(), made.size());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(made[i], std::tanh(values[i]), 1e-6) << values[i];
  float nan = std::numeric_limits<float>::quiet_NaN();
  kernels_->tanh(&nan, 1);
  EXPECT_TRUE(std::isnan(nan));
}

}  // namespace
}  // namespace soundbite::vits
