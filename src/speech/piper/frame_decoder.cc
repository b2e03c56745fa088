#include "speech/piper/frame_decoder.h"

#include <algorithm>

namespace soundbite {

namespace {

class OnnxDecoder final : public FrameDecoder {
 public:
  OnnxDecoder(std::unique_ptr<OnnxSession> session, std::string cut, DecoderShape shape, bool takes_speaker)
      : session_(std::move(session)), cut_(std::move(cut)), shape_(shape), takes_speaker_(takes_speaker) {}

  std::int64_t hop() const override { return shape_.hop; }

  Result<std::vector<float>> decode(const LatentFrames& frames, FrameRange range, std::int64_t speaker,
                                    std::stop_token stop) const override {
    const FrameRange wide{std::max<std::int64_t>(0, range.begin - shape_.margin),
                          std::min(frames.count, range.end + shape_.margin)};
    const std::int64_t width = wide.end - wide.begin;
    const auto context = columns(frames, wide);
    std::vector<TensorInput> inputs{{cut_.c_str(), {1, frames.channels, width}, std::span<const float>(context)}};
    if (takes_speaker_) inputs.push_back({"sid", {1}, std::span<const std::int64_t>(&speaker, 1)});
    const auto made = session_->run(inputs, std::move(stop));
    if (!made) return std::unexpected(made.error());
    if (made->values.size() != static_cast<std::size_t>(width * shape_.hop))
      return fail(ErrorCode::internal, "the decoder made another number of samples than its graph promises");
    const auto wanted = made->values.subspan(static_cast<std::size_t>((range.begin - wide.begin) * shape_.hop),
                                             static_cast<std::size_t>((range.end - range.begin) * shape_.hop));
    return std::vector<float>(wanted.begin(), wanted.end());
  }

 private:
  static std::vector<float> columns(const LatentFrames& frames, FrameRange range) {
    std::vector<float> out;
    out.reserve(static_cast<std::size_t>(frames.channels * (range.end - range.begin)));
    for (std::int64_t channel = 0; channel < frames.channels; ++channel) {
      const auto row = frames.values.subspan(static_cast<std::size_t>(channel * frames.count + range.begin),
                                             static_cast<std::size_t>(range.end - range.begin));
      out.insert(out.end(), row.begin(), row.end());
    }
    return out;
  }

  std::unique_ptr<OnnxSession> session_;
  std::string cut_;
  DecoderShape shape_;
  bool takes_speaker_;
};

}  // namespace

std::unique_ptr<FrameDecoder> make_onnx_decoder(std::unique_ptr<OnnxSession> decoder, std::string cut,
                                                DecoderShape shape, bool takes_speaker) {
  return std::make_unique<OnnxDecoder>(std::move(decoder), std::move(cut), shape, takes_speaker);
}

}  // namespace soundbite
