// HiFi-GAN's generator, computed by our kernels: latent frames to samples.
//
// It works in blocks that fit the caches, nested as its stages are: a block of samples needs a few more rows of the
// last stage than it has samples, those need a few more of the stage before. The rows at the seams are computed twice.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "speech/vits/decoder_graph.h"
#include "speech/vits/kernels.h"
#include "speech/vits/rows.h"

namespace soundbite::vits {

// A convolution with its weights as the kernels want them.
struct PreparedConvolution {
  PreparedConvolution() = default;
  PreparedConvolution(const Kernels& kernels, const ConvolutionWeights& plain);

  std::ptrdiff_t reach() const { return (taps - 1) / 2 * dilation; }  // rows to each side that a row depends on

  int taps = 0;
  std::ptrdiff_t channels_in = 0;
  std::ptrdiff_t channels_out = 0;
  std::ptrdiff_t dilation = 1;
  float slope = 1;
  AlignedFloats weights;
  std::vector<float> bias;
};

// What one decode works in: a few megabytes, used by one thread at a time, reusable.
struct Workspace {
  struct Stage {
    Rows input;   // upsampled
    Rows middle;  // between the two convolutions of a block
    Rows output;  // their mean
  };
  Rows latents;
  Rows first;
  std::vector<Stage> stages;
  AlignedFloats kernel;
  AlignedFloats last;
};

// The latent frames of an utterance: [channels][count], channel after channel.
struct LatentView {
  const float* values = nullptr;
  std::ptrdiff_t channels = 0;
  std::ptrdiff_t count = 0;
};

// Immutable: thread-safe with a Workspace for each caller.
class Generator {
 public:
  // Nullopt when the kernels cannot compute such sizes. `graph` is not needed afterwards.
  static std::optional<Generator> make(const Kernels& kernels, const DecoderGraph& graph);

  std::ptrdiff_t channels() const { return first_.channels_in; }  // of a latent frame
  std::ptrdiff_t hop() const { return hop_; }                     // samples per frame

  // Samples `range` of the utterance into `out`; false when `stop` was requested first.
  bool generate(const LatentView& latents, RowRange range, Workspace& work, const std::stop_token& stop,
                std::span<float> out) const;

 private:
  struct PreparedStage {
    std::ptrdiff_t stride = 0;
    std::ptrdiff_t channels = 0;
    PreparedConvolution upsampling;
    std::vector<std::pair<PreparedConvolution, PreparedConvolution>> blocks;
    float scale = 1;
    std::ptrdiff_t rate = 0;   // rows per frame
    std::ptrdiff_t reach = 0;  // rows of input to each side that a row of output depends on
    std::ptrdiff_t slack = 0;  // rows beyond their range that kernels touch
    std::ptrdiff_t block = 0;  // samples made at once
  };
  struct Run;

  Generator() = default;
  void choose_blocks();
  RowRange needed_rows(std::size_t stage, RowRange samples) const;
  RowRange upsampled_rows(const PreparedStage& stage, RowRange output) const;
  void compute_first(const Run& run, RowRange samples) const;
  void compute_stage(const Run& run, std::size_t index, RowRange samples) const;
  bool compute_from(const Run& run, std::size_t index, RowRange samples) const;
  void compute_last(const Run& run, RowRange samples) const;

  const Kernels* kernels_ = nullptr;
  PreparedConvolution first_;
  std::vector<PreparedStage> stages_;
  LastConvolution last_;
  std::ptrdiff_t hop_ = 1;
};

}  // namespace soundbite::vits
