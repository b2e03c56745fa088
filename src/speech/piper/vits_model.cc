#include "speech/piper/vits_model.h"

#include <malloc.h>

#include <algorithm>
#include <array>

#include "base/file.h"
#include "speech/vits/vits_decoder.h"

namespace soundbite {

namespace {

constexpr std::size_t max_model_bytes = std::size_t{1} << 30;

// The model's bytes live only in here, and while the parts are made of them.
Result<VitsParts> read_parts(const std::string& path) {
  const auto bytes = read_file(path, max_model_bytes);
  if (!bytes) return std::unexpected(bytes.error());
  return split_vits(*bytes);
}

// Ours where it can, twice as fast; ONNX Runtime's for every other voice and processor.
Result<std::unique_ptr<FrameDecoder>> make_decoder(const OnnxRuntime& runtime, const VitsParts& parts,
                                                   std::size_t threads) {
  if (auto ours = make_vits_decoder(parts.decoder, parts.cut, parts.shape)) return ours;
  auto session = runtime.open(parts.decoder, threads);
  if (!session) return std::unexpected(std::move(session.error()));
  return make_onnx_decoder(std::move(*session), parts.cut, parts.shape, parts.decoder_takes_speaker);
}

}  // namespace

Result<std::shared_ptr<const VitsModel>> VitsModel::load(const OnnxRuntime& runtime, const std::string& path,
                                                         std::size_t threads) {
  auto parts = read_parts(path);
  if (!parts) return std::unexpected(std::move(parts.error()));
  auto model = std::make_shared<VitsModel>();
  model->symbols_ = parts->symbols;
  model->takes_speaker_ = parts->takes_speaker;
  if (!parts->decoder.empty()) {
    auto decoder = make_decoder(runtime, *parts, threads);
    if (!decoder) return std::unexpected(std::move(decoder.error()));
    parts->decoder = {};
    model->channels_ = parts->shape.channels;
    model->decoder_ = std::move(*decoder);
  }
  auto session = runtime.open(model->decoder_ ? parts->front : parts->whole, threads);
  if (!session) return std::unexpected(std::move(session.error()));
  model->first_ = std::move(*session);
  // What loading freed (a hundred megabytes) goes back now, not when malloc next feels like it.
  parts = VitsParts{};
  malloc_trim(0);
  return model;
}

Result<TensorOutput> VitsModel::run(const VitsInput& input, std::stop_token stop) const {
  if (symbols_ > 0 && std::ranges::any_of(input.ids, [this](std::int64_t id) { return id >= symbols_; }))
    return fail(ErrorCode::internal, "a phoneme id is beyond the model's symbols");
  const auto length = static_cast<std::int64_t>(input.ids.size());
  const std::array scales{input.noise_scale, input.length_scale, input.noise_w};
  std::vector<TensorInput> inputs{{"input", {1, length}, std::span<const std::int64_t>(input.ids)},
                                  {"input_lengths", {1}, std::span<const std::int64_t>(&length, 1)},
                                  {"scales", {3}, std::span<const float>(scales)}};
  if (takes_speaker_) inputs.push_back({"sid", {1}, std::span<const std::int64_t>(&input.speaker, 1)});
  return first_->run(inputs, std::move(stop));
}

Result<Latents> VitsModel::encode(const VitsInput& input, std::stop_token stop) const {
  auto made = run(input, std::move(stop));
  if (!made) return std::unexpected(std::move(made.error()));
  if (made->shape.size() != 3 || made->shape[0] != 1 || made->shape[1] != channels_ || made->shape[2] < 0)
    return fail(ErrorCode::internal, "the model's latent frames have another shape than its decoder takes");
  const LatentFrames frames{made->values, channels_, made->shape[2]};
  return Latents{std::move(*made), frames};
}

Result<std::vector<float>> VitsModel::speak_whole(const VitsInput& input, std::stop_token stop) const {
  const auto made = run(input, std::move(stop));
  if (!made) return std::unexpected(made.error());
  return std::vector<float>(made->values.begin(), made->values.end());
}

}  // namespace soundbite
