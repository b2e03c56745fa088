// What a VITS voice's graph tells of itself, and the cut that makes it two models: the front (phonemes to latent
// frames) and the decoder (latent frames to samples). Pure functions; hostile bytes give an Error, never more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "onnx/model.h"

namespace soundbite {

// The decoder's sizes, all read from the graph.
struct DecoderShape {
  std::int64_t channels = 0;  // of a latent frame
  std::int64_t hop = 0;       // samples per frame
  std::int64_t margin = 0;    // frames of context on each side that make a chunk exact
};

struct VitsParts {
  // Both set, or neither: then `whole` is.
  std::string front;    // inputs of the whole model; one output: latent frames f32 [1, channels, frames]
  std::string decoder;  // input `cut` (and sid, when `decoder_takes_speaker`); output: samples
  std::string whole;

  std::string cut;  // the name of the latent frames
  bool decoder_takes_speaker = false;
  DecoderShape shape;          // when cut
  std::int64_t symbols = 0;    // phoneme ids must be below; 0: not known
  bool takes_speaker = false;  // the model has an input "sid"
};

// Errors: corrupt; invalid when it is not a VITS voice (inputs input, input_lengths, scales; one output).
Result<VitsParts> split_vits(std::string_view bytes);

// Empty when the decoder is not one that can run in chunks (an operation we cannot bound, or too wide a view).
std::optional<DecoderShape> measure_decoder(const Model& model, std::string_view cut);

}  // namespace soundbite
