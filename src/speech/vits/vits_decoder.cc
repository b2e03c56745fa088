#include "speech/vits/vits_decoder.h"

#include <mutex>
#include <vector>

#include "onnx/model.h"
#include "speech/vits/decoder_graph.h"
#include "speech/vits/generator.h"

namespace soundbite {

namespace {

using vits::Generator;
using vits::Workspace;

// The workspaces that no decode uses now. There are as many as ever ran at once, a few megabytes each.
class Workspaces {
 public:
  std::unique_ptr<Workspace> take() {
    const std::scoped_lock lock(mutex_);
    if (idle_.empty()) return std::make_unique<Workspace>();
    auto taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
  }

  void give_back(std::unique_ptr<Workspace> work) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(work));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> idle_;
};

class VitsDecoder final : public FrameDecoder {
 public:
  explicit VitsDecoder(Generator generator) : generator_(std::move(generator)) {}

  std::int64_t hop() const override { return generator_.hop(); }

  Result<std::vector<float>> decode(const LatentFrames& frames, FrameRange range, std::int64_t,
                                    std::stop_token stop) const override {
    if (frames.channels != generator_.channels() || range.begin < 0 || range.end > frames.count ||
        range.begin > range.end)
      return fail(ErrorCode::internal, "the latent frames do not fit the decoder");
    std::vector<float> samples(static_cast<std::size_t>((range.end - range.begin) * hop()));
    auto work = workspaces_.take();
    const bool made = generator_.generate({frames.values.data(), frames.channels, frames.count},
                                          {range.begin * hop(), range.end * hop()}, *work, stop, samples);
    workspaces_.give_back(std::move(work));
    if (!made) return fail(ErrorCode::cancelled, "the run was stopped");
    return samples;
  }

 private:
  const Generator generator_;
  mutable Workspaces workspaces_;
};

}  // namespace

std::unique_ptr<FrameDecoder> make_vits_decoder(std::string_view decoder, std::string_view cut,
                                                const DecoderShape& shape, const vits::Kernels* kernels) {
  if (!kernels) return nullptr;
  const auto model = parse_model(decoder);
  if (!model) return nullptr;
  const auto graph = vits::read_decoder_graph(*model, cut);
  if (!graph) return nullptr;
  auto generator = Generator::make(*kernels, *graph);
  if (!generator || generator->hop() != shape.hop || generator->channels() != shape.channels) return nullptr;
  return std::make_unique<VitsDecoder>(std::move(*generator));
}

}  // namespace soundbite
