// The matrices of Toom-Cook convolution (one-dimensional Winograd), computed from their points at compile time.
//
// F(m, r) makes m outputs of a convolution with r taps from m + r − 1 inputs, with m + r − 1 multiplications instead of
// m·r:  y = Aᵀ[(G g) · (Bᵀ x)].  The points are 0, pairs ±p, and infinity, in that order: the two rows of Bᵀ of a pair
// are the sum and the difference of an even and an odd half, so they cost little more than one.
//
// Read by files that are compiled for several instruction sets: constants only, no functions that run.
#pragma once

namespace soundbite::vits {

// How many outputs a tile has, by the taps of the convolution: what was fastest (docs/decisions/0060-own-decoder.md).
constexpr int tile_outputs(int taps) { return taps == 2 ? 3 : 4; }

template <int kTaps>
struct ToomCook {
  static constexpr int taps = kTaps;
  static constexpr int outputs = tile_outputs(kTaps);
  static constexpr int points = outputs + taps - 1;
  static constexpr int pairs = (points - 2) / 2;
  static_assert(points == 2 * pairs + 2 && pairs >= 1 && pairs <= 4);

  static constexpr double magnitude[4] = {1, 2, 0.5, 1.5};  // of the pairs: small powers, so that rounding stays small

  // Rows of Bᵀ, each divided by its largest coefficient. Pair i: point +p is even[i] + odd[i], −p even[i] − odd[i].
  float zero[points] = {};         // coefficients at even places
  float even[pairs][points] = {};  // at even places from 2 on
  float odd[pairs][points] = {};   // at odd places up to points − 3
  float infinity[points] = {};     // at odd places
  // G: what a weight adds to each point.
  float weight[points][taps] = {};
  // Aᵀ: pair i adds power[i][j] × (sum or difference of its two products) to output j; even j take the sum.
  float power[pairs][outputs] = {};

  constexpr ToomCook() {
    double all[points + 1] = {0, 1};  // x·∏(x² − p²), lowest coefficient first
    int degree = 1;
    for (int i = 0; i < pairs; ++i) multiply(all, degree, magnitude[i]);
    set_infinity(all);
    double others[points + 1] = {1};
    degree = 0;
    for (int i = 0; i < pairs; ++i) multiply(others, degree, magnitude[i]);
    const double scale = 1 / largest(others);
    for (int k = 0; k < points; ++k) zero[k] = static_cast<float>(others[k] * scale);
    weight[0][0] = static_cast<float>(1 / (others[0] * scale));
    for (int i = 0; i < pairs; ++i) set_pair(i);
  }

 private:
  // polynomial ×= x² − p²
  static constexpr void multiply(double* polynomial, int& degree, double p) {
    degree += 2;
    for (int k = degree; k >= 0; --k)
      polynomial[k] = (k >= 2 ? polynomial[k - 2] : 0) - p * p * (k <= degree - 2 ? polynomial[k] : 0);
  }

  static constexpr double largest(const double* polynomial) {
    double most = 0;
    for (int k = 0; k < points; ++k) {
      const double size = polynomial[k] < 0 ? -polynomial[k] : polynomial[k];
      most = size > most ? size : most;
    }
    return most;
  }

  constexpr void set_infinity(const double* all) {
    const double scale = 1 / largest(all);
    for (int k = 0; k < points; ++k) infinity[k] = static_cast<float>(all[k] * scale);
    weight[points - 1][taps - 1] = static_cast<float>(1 / scale);
  }

  // Points ±p: ∏ over the other points is x(x ± p)·E(x²), with E over the other pairs.
  constexpr void set_pair(int pair) {
    const double p = magnitude[pair];
    double rest[points + 1] = {1};
    int degree = 0;
    for (int i = 0; i < pairs; ++i)
      if (i != pair) multiply(rest, degree, magnitude[i]);
    double whole[points + 1] = {};
    for (int k = 0; k <= degree; ++k) {
      whole[k + 2] += rest[k];
      whole[k + 1] += p * rest[k];
    }
    const double scale = 1 / largest(whole);
    double at_p = 0;  // of the product: the same for −p, which is even in p
    double x = p;     // (x + p) at p is 2p, times x
    for (int k = 0; k <= degree; ++k) {
      at_p += rest[k] * x;
      x *= p;
    }
    at_p *= 2 * p;
    for (int k = 0; k < points; ++k) (k % 2 == 0 ? even : odd)[pair][k] = static_cast<float>(whole[k] * scale);
    double up = 1;
    for (int k = 0; k < (taps > outputs ? taps : outputs); ++k) {
      if (k < taps) {
        weight[1 + 2 * pair][k] = static_cast<float>(up / (at_p * scale));
        weight[2 + 2 * pair][k] = static_cast<float>((k % 2 == 0 ? up : -up) / (at_p * scale));
      }
      if (k < outputs) power[pair][k] = static_cast<float>(up);
      up *= p;
    }
  }
};

}  // namespace soundbite::vits
