// One Piper model, loaded: phoneme ids to latent frames to samples.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "onnx/runtime.h"
#include "speech/piper/frame_decoder.h"

namespace soundbite {

struct VitsInput {
  std::vector<std::int64_t> ids;
  float noise_scale = 0;
  float length_scale = 1;  // above 1: slower
  float noise_w = 0;
  std::int64_t speaker = 0;
};

// Latent frames that own their memory.
struct Latents {
  TensorOutput tensor;
  LatentFrames frames;
};

// Thread-safe.
class VitsModel {
 public:
  // Takes up to a second. Errors: unavailable (cannot be read), corrupt or invalid (no voice of this kind).
  static Result<std::shared_ptr<const VitsModel>> load(const OnnxRuntime& runtime, const std::string& path,
                                                       std::size_t threads);

  std::int64_t symbols() const { return symbols_; }  // phoneme ids are below; 0: not known
  bool takes_speaker() const { return takes_speaker_; }

  // Null when the graph cannot be cut in two: then speak_whole() is the way.
  const FrameDecoder* decoder() const { return decoder_.get(); }

  // The first stage. Only with a decoder(). Errors: cancelled; internal.
  Result<Latents> encode(const VitsInput& input, std::stop_token stop) const;
  // Both stages at once. Only without a decoder(). Errors: cancelled; internal.
  Result<std::vector<float>> speak_whole(const VitsInput& input, std::stop_token stop) const;

 private:
  Result<TensorOutput> run(const VitsInput& input, std::stop_token stop) const;

  std::unique_ptr<OnnxSession> first_;  // the front, or the whole
  std::unique_ptr<FrameDecoder> decoder_;
  std::int64_t channels_ = 0;
  std::int64_t symbols_ = 0;
  bool takes_speaker_ = false;
};

}  // namespace soundbite
