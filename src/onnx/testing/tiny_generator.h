// A decoder of the kind that Piper's medium voices have, of a few kilobytes, for tests: HiFi-GAN's generator with
// residual blocks of two convolutions, alone in its model.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "onnx/testing/tiny_voice.h"
#include "onnx/wire.h"

namespace soundbite {

struct TinyGenerator {
  std::int64_t latent_channels = 8;
  std::vector<std::int64_t> channels = {32, 16, 16};  // of the first convolution, then of each stage
  std::vector<std::int64_t> strides = {4, 2};
  struct Block {
    std::int64_t kernel;
    std::vector<std::int64_t> dilations;
  };
  std::vector<Block> blocks = {{3, {1, 2}}, {5, {2, 6}}, {7, {3, 12}}};
  float slope = 0.1f;
  bool last_bias = false;
  bool residual = true;  // else the second convolutions of blocks add nothing of what they read
};

inline constexpr std::string_view tiny_latents = "latents";

namespace tiny {

inline std::string float_attribute(std::string_view name, float value) {
  std::string out;
  wire::append_bytes_field(out, 1, name);
  out += static_cast<char>(2 << 3 | 5);
  const auto bits = std::bit_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(bits >> shift);
  wire::append_varint_field(out, 20, 1);
  return out;
}

// Names are made up as nodes are added; the graph keeps them.
class GeneratorWriter {
 public:
  explicit GeneratorWriter(const TinyGenerator& voice) : voice_(voice) {}

  std::string write() {
    std::string at = convolve(std::string(tiny_latents), voice_.latent_channels, voice_.channels[0], 7, 1);
    scalar("blocks", static_cast<float>(voice_.blocks.size()));
    for (std::size_t i = 0; i < voice_.strides.size(); ++i)
      at = stage(at, voice_.channels[i], voice_.channels[i + 1], voice_.strides[i]);
    at = convolve(activate(at, 0.01f), voice_.channels.back(), 1, 7, 1, voice_.last_bias);
    node(graph_, "Tanh", {at}, "output");
    wire::append_bytes_field(graph_, 2, "generator");
    wire::append_bytes_field(graph_, 11, value(tiny_latents, 1, 3));
    wire::append_bytes_field(graph_, 12, value("output", 1, 3));
    std::string opset;
    wire::append_bytes_field(opset, 1, "");
    wire::append_varint_field(opset, 2, 15);
    std::string model;
    wire::append_varint_field(model, 1, 8);
    wire::append_bytes_field(model, 7, graph_);
    wire::append_bytes_field(model, 8, opset);
    return model;
  }

 private:
  std::string name() { return "t" + std::to_string(++names_); }

  void scalar(std::string_view name, float level) {
    std::string tensor;
    wire::append_varint_field(tensor, 2, 1);
    wire::append_bytes_field(tensor, 8, name);
    const auto bits = std::bit_cast<std::uint32_t>(level);
    std::string raw;
    for (int shift = 0; shift < 32; shift += 8) raw += static_cast<char>(bits >> shift);
    wire::append_bytes_field(tensor, 9, raw);
    wire::append_bytes_field(graph_, 5, tensor);
  }

  std::string activate(const std::string& in, float slope) {
    const auto out = name();
    node(graph_, "LeakyRelu", {in}, out, {float_attribute("alpha", slope)});
    return out;
  }

  std::string convolve(const std::string& in, std::int64_t from, std::int64_t to, std::int64_t kernel,
                       std::int64_t dilation, bool with_bias = true) {
    const auto out = name();
    const auto weight = name() + ".weight";
    const auto bias = name() + ".bias";
    weights(graph_, weight, {to, from, kernel}, 0.8f / std::sqrt(static_cast<float>(from * kernel)));
    if (with_bias) weights(graph_, bias, {to}, 0.1f);
    const std::int64_t pad = (kernel - 1) / 2 * dilation;
    std::vector<std::string_view> inputs{in, weight};
    if (with_bias) inputs.push_back(bias);
    node(graph_, "Conv", inputs, out,
         {attribute("kernel_shape", {kernel}, true), attribute("pads", {pad, pad}, true),
          attribute("strides", {1}, true), attribute("dilations", {dilation}, true)});
    return out;
  }

  std::string stage(const std::string& in, std::int64_t from, std::int64_t to, std::int64_t stride) {
    const auto up = name();
    const auto weight = name() + ".weight";
    const auto bias = name() + ".bias";
    weights(graph_, weight, {from, to, 2 * stride}, 0.9f / std::sqrt(static_cast<float>(from)));
    weights(graph_, bias, {to}, 0.1f);
    node(graph_, "ConvTranspose", {activate(in, voice_.slope), weight, bias}, up,
         convolution(2 * stride, stride / 2, stride));
    std::string sum;
    for (const auto& block : voice_.blocks) {
      std::string at = up;
      for (std::size_t i = 0; i < block.dilations.size(); ++i) {
        const auto made = convolve(activate(at, voice_.slope), to, to, block.kernel, block.dilations[i]);
        const auto next = name();
        node(graph_, "Add", {made, i == 0 || voice_.residual ? at : made}, next);
        at = next;
      }
      if (!sum.empty()) {
        const auto next = name();
        node(graph_, "Add", {sum, at}, next);
        at = next;
      }
      sum = at;
    }
    const auto mean = name();
    node(graph_, "Div", {sum, "blocks"}, mean);
    return mean;
  }

  const TinyGenerator& voice_;
  std::string graph_;
  int names_ = 0;
};

}  // namespace tiny

// The bytes of such a model: input `tiny_latents` [1, latent_channels, frames], output samples.
inline std::string make_tiny_generator(const TinyGenerator& voice = {}) { return tiny::GeneratorWriter(voice).write(); }

}  // namespace soundbite
