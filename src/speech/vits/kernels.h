// The arithmetic of a decoder, once for each instruction set that we compile it for.
//
// Tensors are [row][channel], rows being moments in time: dilation is then a stride, and a row's channels fill vectors.
// Plain data and function pointers only: this header is read by files compiled for other instruction sets, which must
// not bring inline functions along that the linker might then pick for everyone.
#pragma once

#include <cstddef>

namespace soundbite::vits {

// How results meet what the output rows hold: replace it; add to it; add to it, then multiply by `scale`.
enum class Combine { store, add, add_and_scale };

// One convolution over some rows: out = combine(bias + Σ tap · leaky_relu(in) + residual).
struct ConvolutionCall {
  int taps;                     // 2, 3, 5 or 7
  std::ptrdiff_t channels_in;   // a multiple of 8
  std::ptrdiff_t channels_out;  // a multiple of 16
  std::ptrdiff_t dilation;
  const float* weights;   // as `prepare` made them
  const float* bias;      // [channels_out]
  const float* in;        // the row that the first tap of output row 0 meets
  float slope;            // of the LeakyReLU on `in`, 0 to 1; 1: none
  const float* residual;  // like `out`, or null
  float* out;             // output row 0
  std::ptrdiff_t rows;
  Combine combine;  // `add` and `add_and_scale` only with a residual
  float scale;
  float* scratch;  // `scratch_floats` of them, aligned to 64 bytes
};

// The last convolution, to one channel, without activation behind it.
struct LastConvolutionCall {
  std::ptrdiff_t taps;
  std::ptrdiff_t channels;  // a multiple of 8
  const float* weights;     // [tap][channel]
  float bias;
  const float* in;  // the row that the first tap of sample 0 meets
  float slope;
  float* out;
  std::ptrdiff_t samples;
  float* scratch;  // (samples + taps + 7) × channels floats
};

// Rows past the end: `convolve` works on whole tiles. It reads and writes up to row_granule(taps, dilation) − 1 more
// rows than asked for; those that it reads must be finite, those that it writes mean nothing. Thread-safe.
struct Kernels {
  std::size_t (*prepared_floats)(int taps, std::ptrdiff_t channels_in, std::ptrdiff_t channels_out);
  // `plain` is [tap][channel in][channel out]; `prepared` is aligned to 64 bytes.
  void (*prepare)(int taps, std::ptrdiff_t channels_in, std::ptrdiff_t channels_out, const float* plain,
                  float* prepared);
  std::size_t (*scratch_floats)(int taps, std::ptrdiff_t channels_in);
  void (*convolve)(const ConvolutionCall& call);
  void (*convolve_last)(const LastConvolutionCall& call);  // reads 7 rows more than samples + taps − 1
  void (*tanh)(float* values, std::size_t count);
};

std::ptrdiff_t row_granule(int taps, std::ptrdiff_t dilation);

// For this processor; null when we have none for it. Thread-safe.
const Kernels* best_kernels();

// Null in builds for other processors. Call what it holds only where AVX2 and FMA are.
const Kernels* avx2_kernels();

}  // namespace soundbite::vits
