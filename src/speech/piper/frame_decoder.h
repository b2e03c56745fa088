// The second stage of a voice: latent frames to samples.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "onnx/runtime.h"
#include "onnx/vits.h"

namespace soundbite {

// What the first stage made of one utterance: [channels][count], channel after channel.
struct LatentFrames {
  std::span<const float> values;
  std::int64_t channels = 0;
  std::int64_t count = 0;
};

struct FrameRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// Thread-safe.
class FrameDecoder {
 public:
  virtual ~FrameDecoder() = default;
  virtual std::int64_t hop() const = 0;  // samples per frame

  // The samples of `range` as a decode of all frames would give them: (end − begin) × hop. `speaker` for voices that
  // have several. Errors: cancelled; internal.
  virtual Result<std::vector<float>> decode(const LatentFrames& frames, FrameRange range, std::int64_t speaker,
                                            std::stop_token stop) const = 0;
};

// `decoder` is the second part of a voice cut by split_vits.
std::unique_ptr<FrameDecoder> make_onnx_decoder(std::unique_ptr<OnnxSession> decoder, std::string cut,
                                                DecoderShape shape, bool takes_speaker);

}  // namespace soundbite
