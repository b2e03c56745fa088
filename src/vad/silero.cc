#include "vad/silero.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "base/file.h"
#include "onnx/runtime.h"
#include "vad/segmenter.h"

namespace soundbite {

namespace {

constexpr std::size_t window = detector_window;
constexpr std::size_t context = 64;  // samples of the window before that the model sees again
constexpr std::size_t batch = 32;    // windows per run, one second: more are hardly faster (docs/decisions/0130)
constexpr std::size_t state_size = 128;
constexpr std::size_t model_limit = 16 << 20;  // bytes

using State = std::array<float, state_size>;

class Listener final : public SpeechListener {
 public:
  explicit Listener(const OnnxSession& session) : session_(session), rows_(batch * (context + window)) {}

  Result<void> hear(std::span<const float> samples) override {
    heard_ += static_cast<std::int64_t>(samples.size());
    while (!samples.empty()) {
      const std::size_t taken = std::min(samples.size(), window - filled_);
      take(samples.first(taken));
      samples = samples.subspan(taken);
      if (filled_ < window) break;
      end_window();
      if (windows_ < batch) continue;
      if (auto judged = judge(); !judged) return judged;
    }
    return {};
  }

  Result<std::vector<SpeechSegment>> finish() override {
    if (filled_ > 0) {
      std::fill(row() + context + filled_, row() + context + window, 0.0f);
      end_window();
    }
    if (windows_ > 0) {
      if (auto judged = judge(); !judged) return std::unexpected(std::move(judged.error()));
    }
    return segmenter_.finish(heard_);
  }

 private:
  float* row() { return rows_.data() + windows_ * (context + window); }

  void take(std::span<const float> samples) {
    // One NaN would stay in the model's state for good.
    std::ranges::transform(samples, row() + context + filled_,
                           [](float sample) { return std::isfinite(sample) ? std::clamp(sample, -1.0f, 1.0f) : 0.0f; });
    filled_ += samples.size();
  }

  // The window's end is the context of the one after it.
  void end_window() {
    const float* tail = row() + window;
    ++windows_;
    filled_ = 0;
    std::copy_n(tail, context, windows_ < batch ? row() : next_context_.data());
  }

  Result<void> judge() {
    const auto count = static_cast<std::int64_t>(windows_);
    const std::array<TensorInput, 3> inputs{
        TensorInput{
            "input", {count, context + window}, std::span<const float>(rows_).first(windows_ * (context + window))},
        TensorInput{"h", {1, 1, state_size}, std::span<const float>(hidden_)},
        TensorInput{"c", {1, 1, state_size}, std::span<const float>(cell_)}};
    const std::array<TensorTarget, 3> outputs{
        TensorTarget{"speech_probs", {count}, std::span(probabilities_).first(windows_)},
        TensorTarget{"hn", {1, 1, state_size}, next_hidden_}, TensorTarget{"cn", {1, 1, state_size}, next_cell_}};
    if (auto ran = session_.run_into(inputs, outputs); !ran) return ran;
    for (std::size_t i = 0; i < windows_; ++i) segmenter_.push(probabilities_[i]);
    hidden_.swap(next_hidden_);
    cell_.swap(next_cell_);
    windows_ = 0;
    std::ranges::copy(next_context_, row());
    return {};
  }

  const OnnxSession& session_;
  std::vector<float> rows_;  // of context and window; the first context of all is silence
  std::size_t windows_ = 0;  // whole ones in rows_
  std::size_t filled_ = 0;   // samples of the one after them
  std::array<float, context> next_context_{};
  State hidden_{}, cell_{}, next_hidden_{}, next_cell_{};
  std::array<float, batch> probabilities_{};
  Segmenter segmenter_;
  std::int64_t heard_ = 0;  // samples
};

class Detector final : public SpeechDetector {
 public:
  explicit Detector(SileroOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<SpeechListener>> listen() override {
    const std::scoped_lock lock(loading_);
    if (!session_) {
      if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
    }
    return std::make_unique<Listener>(*session_);
  }

 private:
  Result<void> load() {
    const auto bytes = read_file(options_.model, model_limit);
    if (!bytes) return unusable(bytes.error());
    auto runtime = load_onnx_runtime(options_.onnxruntime_library);
    if (!runtime) return std::unexpected(std::move(runtime.error()));
    auto session = (*runtime)->open(*bytes, 1);
    if (!session) return unusable(session.error());
    runtime_ = std::move(*runtime);
    session_ = std::move(*session);
    return {};
  }

  std::unexpected<Error> unusable(const Error& why) const {
    return fail(ErrorCode::unavailable, "the speech detector " + options_.model + " cannot be used: " + why.message);
  }

  const SileroOptions options_;
  std::mutex loading_;
  std::unique_ptr<OnnxRuntime> runtime_;  // before what it must outlive
  std::unique_ptr<OnnxSession> session_;
};

}  // namespace

std::unique_ptr<SpeechDetector> make_silero_detector(SileroOptions options) {
  return std::make_unique<Detector>(std::move(options));
}

}  // namespace soundbite
