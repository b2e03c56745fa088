// The decoder of a VITS voice as a graph of the kind that our kernels compute: HiFi-GAN's generator with residual
// blocks of two convolutions (its ResBlock2), as Piper's medium voices have.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "onnx/model.h"

namespace soundbite::vits {

// leaky_relu(x, slope) → convolution that keeps the length. Weights are [tap][channel in][channel out].
struct ConvolutionWeights {
  int taps = 0;
  int channels_in = 0;
  int channels_out = 0;
  int dilation = 1;
  float slope = 1;  // 1: nothing before it
  std::vector<float> values;
  std::vector<float> bias;  // [channel out]
};

// x → y = first(x) + x → second(y) + y
struct ResidualBlock {
  ConvolutionWeights first;
  ConvolutionWeights second;
};

struct Stage {
  int stride = 0;
  int channels = 0;
  // A transposed convolution of 2 × stride taps is one of two taps (rows q − 1 and q) that makes stride × channels
  // values: rows stride·q − stride/2 and following of the stage.
  ConvolutionWeights upsampling;
  std::vector<ResidualBlock> blocks;  // of each the same input; their results are averaged:
  float divisor = 1;
};

struct LastConvolution {
  int taps = 0;
  int channels = 0;
  float slope = 1;
  std::vector<float> values;  // [tap][channel]
  float bias = 0;
};

struct DecoderGraph {
  ConvolutionWeights first;
  std::vector<Stage> stages;
  LastConvolution last;  // then tanh
};

// Reads the decoder that begins at the latent frames `cut` and ends at the model's output. Empty when it is anything
// but exactly that; hostile bytes give nothing worse. Pure.
std::optional<DecoderGraph> read_decoder_graph(const Model& decoder, std::string_view cut);

}  // namespace soundbite::vits
