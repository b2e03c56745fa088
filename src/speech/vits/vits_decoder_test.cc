#include "speech/vits/vits_decoder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>
#include <thread>

#include "base/file.h"
#include "onnx/runtime.h"
#include "onnx/testing/tiny_generator.h"

namespace soundbite {
namespace {

struct Latent {
  std::vector<float> values;
  LatentFrames frames;
};

Latent noise_frames(std::int64_t channels, std::int64_t count) {
  std::minstd_rand random(7);
  std::normal_distribution<float> normal;
  Latent latent;
  latent.values.resize(static_cast<std::size_t>(channels * count));
  for (auto& value : latent.values) value = normal(random);
  latent.frames = {latent.values, channels, count};
  return latent;
}

// Decibels of `wanted` over its difference to `made`.
double signal_to_noise(const std::vector<float>& made, const std::vector<float>& wanted) {
  double signal = 0;
  double error = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    signal += double{wanted[i]} * wanted[i];
    error += (double{made[i]} - wanted[i]) * (double{made[i]} - wanted[i]);
  }
  return made.size() == wanted.size() && signal > 0 ? 10 * std::log10(signal / std::max(error, 1e-30)) : 0;
}

class VitsDecoderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!vits::best_kernels()) GTEST_SKIP() << "no kernels for this processor";
  }

  struct Both {
    std::unique_ptr<FrameDecoder> ours;
    std::unique_ptr<FrameDecoder> theirs;
    DecoderShape shape;
  };

  Both tiny(const TinyGenerator& voice = {}) const {
    const auto bytes = make_tiny_generator(voice);
    std::int64_t hop = 1;
    for (const auto stride : voice.strides) hop *= stride;
    const DecoderShape shape{.channels = voice.latent_channels, .hop = hop, .margin = 60};
    const std::string cut(tiny_latents);
    return {make_vits_decoder(bytes, cut, shape),
            make_onnx_decoder(runtime_->open(bytes, 1).value(), cut, shape, false), shape};
  }

  std::unique_ptr<OnnxRuntime> runtime_ =
      load_onnx_runtime(SOUNDBITE_TEST_DEPS_DIR "/onnxruntime/lib/libonnxruntime.so.1.32.0").value();
};

TEST_F(VitsDecoderTest, makes_the_samples_that_onnx_runtime_makes) {
  const std::vector<TinyGenerator> voices = {
      {},
      {.latent_channels = 24, .channels = {64, 32}, .strides = {8}, .last_bias = true},
      {.channels = {16, 16, 16, 32}, .strides = {2, 2, 4}, .blocks = {{3, {1, 1}}, {7, {5, 9}}}, .slope = 0.2f}};
  for (const auto& voice : voices) {
    const auto both = tiny(voice);
    ASSERT_TRUE(both.ours);
    EXPECT_EQ(both.ours->hop(), both.shape.hop);
    for (const std::int64_t count : {1, 2, 3, 20, 301}) {
      const auto latent = noise_frames(voice.latent_channels, count);
      const auto ours = both.ours->decode(latent.frames, {0, count}, 0, {}).value();
      const auto theirs = both.theirs->decode(latent.frames, {0, count}, 0, {}).value();
      EXPECT_GT(signal_to_noise(ours, theirs), 90) << count << " frames";
    }
  }
}

TEST_F(VitsDecoderTest, makes_the_samples_of_the_default_voice) {
  const auto bytes = read_file(SOUNDBITE_TEST_DEPS_DIR "/voices/en_US-joe-medium.onnx", std::size_t{1} << 30).value();
  const auto parts = split_vits(bytes).value();
  const auto ours = make_vits_decoder(parts.decoder, parts.cut, parts.shape);
  ASSERT_TRUE(ours);
  const auto theirs = make_onnx_decoder(runtime_->open(parts.decoder, 1).value(), parts.cut, parts.shape, false);
  const std::vector<std::int64_t> ids{1, 0, 20, 0,  59, 0,  24, 0,   120, 0,  61, 0, 100,
                                      0, 3, 0,  35, 0,  62, 0,  122, 0,   10, 0,  2};
  const auto length = static_cast<std::int64_t>(ids.size());
  const std::vector<float> scales{0.667f, 2.0f, 0.8f};
  const std::vector<TensorInput> inputs{{"input", {1, length}, std::span<const std::int64_t>(ids)},
                                        {"input_lengths", {1}, std::span<const std::int64_t>(&length, 1)},
                                        {"scales", {3}, std::span<const float>(scales)}};
  const auto latents = runtime_->open(parts.front, 1).value()->run(inputs, {}).value();
  const LatentFrames frames{latents.values, latents.shape[1], latents.shape[2]};
  ASSERT_GT(frames.count, 60);
  const FrameRange range{0, frames.count};
  EXPECT_GT(signal_to_noise(ours->decode(frames, range, 0, {}).value(), theirs->decode(frames, range, 0, {}).value()),
            90);
}

TEST_F(VitsDecoderTest, makes_the_same_samples_in_chunks_as_at_once) {
  const auto both = tiny();
  ASSERT_TRUE(both.ours);
  const auto latent = noise_frames(8, 700);
  const auto whole = both.ours->decode(latent.frames, {0, 700}, 0, {}).value();
  std::vector<float> joined;
  for (const FrameRange range : {FrameRange{0, 1}, {1, 44}, {44, 299}, {299, 690}, {690, 700}}) {
    const auto part = both.ours->decode(latent.frames, range, 0, {}).value();
    joined.insert(joined.end(), part.begin(), part.end());
  }
  EXPECT_THAT(joined, testing::Pointwise(testing::FloatNear(1e-5f), whole));
}

TEST_F(VitsDecoderTest, does_not_remember_what_it_decoded_before) {
  const auto both = tiny();
  ASSERT_TRUE(both.ours);
  auto poison = noise_frames(8, 100);
  std::ranges::fill(poison.values, std::nanf(""));
  const auto latent = noise_frames(8, 37);
  const auto fresh = both.ours->decode(latent.frames, {0, 37}, 0, {}).value();
  both.ours->decode(poison.frames, {0, 100}, 0, {}).value();
  EXPECT_EQ(both.ours->decode(latent.frames, {0, 37}, 0, {}).value(), fresh);
}

TEST_F(VitsDecoderTest, decodes_on_several_threads_at_once) {
  const auto both = tiny();
  ASSERT_TRUE(both.ours);
  const auto latent = noise_frames(8, 50);
  const auto alone = both.ours->decode(latent.frames, {0, 50}, 0, {}).value();
  std::vector<std::vector<float>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& samples : made)
      threads.emplace_back([&] { samples = both.ours->decode(latent.frames, {0, 50}, 0, {}).value(); });
  }
  for (const auto& samples : made) EXPECT_EQ(samples, alone);
}

TEST_F(VitsDecoderTest, stops_when_it_is_told_to) {
  const auto both = tiny();
  ASSERT_TRUE(both.ours);
  const auto latent = noise_frames(8, 50);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(both.ours->decode(latent.frames, {0, 50}, 0, stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST_F(VitsDecoderTest, is_not_made_for_other_decoders_or_processors) {
  const DecoderShape shape{.channels = 8, .hop = 8, .margin = 60};
  const auto make = [&](const TinyGenerator& voice) {
    return make_vits_decoder(make_tiny_generator(voice), tiny_latents, shape);
  };
  EXPECT_TRUE(make({}));
  EXPECT_FALSE(make({.blocks = {{3, {1, 1}}, {11, {1, 1}}}}));  // taps that we have no kernel for
  EXPECT_FALSE(make({.channels = {24, 12, 12}}));               // channels that fill no vectors
  EXPECT_FALSE(make({.channels = {32, 16}, .strides = {8}, .blocks = {{3, {1, 3, 5}}}}));
  EXPECT_FALSE(make_vits_decoder(make_tiny_generator(), tiny_latents, shape, nullptr));
  EXPECT_FALSE(make_vits_decoder("no model", tiny_latents, shape));
}

}  // namespace
}  // namespace soundbite
