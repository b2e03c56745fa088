// A voice of two kilobytes with the inputs, names and cut of a Piper model, for tests: it runs in a millisecond.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/wire.h"

namespace soundbite {

struct TinyVoice {
  bool several_speakers = false;
  bool cuttable = true;       // the decoder's first weight has the name that Piper gives it
  std::int64_t symbols = 32;  // rows of the embedding
  std::int64_t repeats = 8;   // frames per phoneme id
  float level = 1;            // of the decoder's last weight; a NaN makes NaN samples
};

inline constexpr std::int64_t tiny_hop = 4;       // samples per frame
inline constexpr std::int64_t tiny_channels = 4;  // of a latent frame

namespace tiny {

inline std::string attribute(std::string_view name, std::vector<std::int64_t> values, bool list) {
  std::string out;
  wire::append_bytes_field(out, 1, name);
  for (const auto value : values) wire::append_varint_field(out, list ? 8 : 3, static_cast<std::uint64_t>(value));
  wire::append_varint_field(out, 20, list ? 7 : 2);
  return out;
}

inline void node(std::string& graph, std::string_view op, std::vector<std::string_view> inputs, std::string_view output,
                 std::vector<std::string> attributes = {}) {
  std::string out;
  for (const auto input : inputs) wire::append_bytes_field(out, 1, input);
  wire::append_bytes_field(out, 2, output);
  wire::append_bytes_field(out, 4, op);
  for (const auto& item : attributes) wire::append_bytes_field(out, 5, item);
  wire::append_bytes_field(graph, 1, out);
}

inline void weights(std::string& graph, std::string_view name, std::vector<std::int64_t> dims, float level) {
  std::string tensor;
  std::int64_t count = 1;
  for (const auto dim : dims) {
    wire::append_varint_field(tensor, 1, static_cast<std::uint64_t>(dim));
    count *= dim;
  }
  wire::append_varint_field(tensor, 2, 1);
  wire::append_bytes_field(tensor, 8, name);
  std::string raw;
  for (std::int64_t i = 0; i < count; ++i) {
    const float value = level * std::sin(static_cast<float>(i) * 1.7f);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) raw += static_cast<char>(bits >> shift);
  }
  wire::append_bytes_field(tensor, 9, raw);
  wire::append_bytes_field(graph, 5, tensor);
}

inline void indices(std::string& graph, std::string_view name, std::vector<std::int64_t> values) {
  std::string tensor;
  wire::append_varint_field(tensor, 1, values.size());
  wire::append_varint_field(tensor, 2, 7);
  for (const auto value : values) wire::append_varint_field(tensor, 7, static_cast<std::uint64_t>(value));
  wire::append_bytes_field(tensor, 8, name);
  wire::append_bytes_field(graph, 5, tensor);
}

// A ValueInfoProto with `rank` named dimensions.
inline std::string value(std::string_view name, std::uint64_t type, int rank) {
  std::string shape;
  for (int i = 0; i < rank; ++i) {
    std::string dimension;
    wire::append_bytes_field(dimension, 2, std::string(name) + std::to_string(i));
    wire::append_bytes_field(shape, 1, dimension);
  }
  std::string tensor;
  wire::append_varint_field(tensor, 1, type);
  wire::append_bytes_field(tensor, 2, shape);
  std::string outer;
  wire::append_bytes_field(outer, 1, tensor);
  std::string out;
  wire::append_bytes_field(out, 1, name);
  wire::append_bytes_field(out, 2, outer);
  return out;
}

inline std::vector<std::string> convolution(std::int64_t kernel, std::int64_t pad, std::int64_t stride) {
  return {attribute("kernel_shape", {kernel}, true), attribute("pads", {pad, pad}, true),
          attribute("strides", {stride}, true), attribute("dilations", {1}, true)};
}

}  // namespace tiny

// The bytes of such a model.
inline std::string make_tiny_voice(const TinyVoice& voice = {}) {
  using namespace tiny;
  const std::string_view first = voice.cuttable ? "dec.conv_pre.weight" : "dec.first.weight";
  std::string graph;
  // Front: embed, stretch each phoneme to several frames, scale by the length scale.
  node(graph, "Gather", {"enc_p.emb.weight", "input"}, "embedded");
  node(graph, "Transpose", {"embedded"}, "turned", {attribute("perm", {0, 2, 1}, true)});
  std::vector<std::string_view> copies(static_cast<std::size_t>(voice.repeats), "turned");
  node(graph, "Concat", copies, "frames", {attribute("axis", {2}, false)});
  node(graph, "Gather", {"scales", "one"}, "length_scale");
  node(graph, "Cast", {"input_lengths"}, "length", {attribute("to", {1}, false)});
  node(graph, "Div", {"length", "length"}, "unity");
  node(graph, "Mul", {"frames", "length_scale"}, "scaled");
  if (voice.several_speakers) {
    node(graph, "Gather", {"emb_g.weight", "sid"}, "speaker");
    node(graph, "Unsqueeze", {"speaker", "last_axis"}, "speaker3");
    node(graph, "Add", {"scaled", "speaker3"}, "coloured");
  }
  node(graph, "Mul", {voice.several_speakers ? "coloured" : "scaled", "unity"}, "latents");
  // Decoder: two convolutions around two upsamplings.
  node(graph, "Conv", {"latents", first}, "d0", convolution(3, 1, 1));
  std::string_view last = "d0";
  if (voice.several_speakers) {
    node(graph, "Add", {"d0", "speaker3"}, "d1");
    last = "d1";
  }
  node(graph, "LeakyRelu", {last}, "d2");
  node(graph, "ConvTranspose", {"d2", "dec.ups.0.weight"}, "d3", convolution(4, 1, 2));
  node(graph, "ConvTranspose", {"d3", "dec.ups.1.weight"}, "d4", convolution(4, 1, 2));
  node(graph, "Conv", {"d4", "dec.conv_post.weight"}, "d5", convolution(3, 1, 1));
  node(graph, "Tanh", {"d5"}, "output");
  wire::append_bytes_field(graph, 2, "tiny");
  weights(graph, "enc_p.emb.weight", {voice.symbols, tiny_channels}, 0.9f);
  weights(graph, first, {4, tiny_channels, 3}, 0.6f);
  weights(graph, "dec.ups.0.weight", {4, 2, 4}, 0.6f);
  weights(graph, "dec.ups.1.weight", {2, 2, 4}, 0.6f);
  weights(graph, "dec.conv_post.weight", {1, 2, 3}, voice.level);
  indices(graph, "one", {1});
  if (voice.several_speakers) weights(graph, "emb_g.weight", {3, 4}, 0.5f);
  if (voice.several_speakers) indices(graph, "last_axis", {2});
  wire::append_bytes_field(graph, 11, value("input", 7, 2));
  wire::append_bytes_field(graph, 11, value("input_lengths", 7, 1));
  wire::append_bytes_field(graph, 11, value("scales", 1, 1));
  if (voice.several_speakers) wire::append_bytes_field(graph, 11, value("sid", 7, 1));
  wire::append_bytes_field(graph, 12, value("output", 1, 3));
  wire::append_bytes_field(graph, 13, value("frames", 1, 3));
  std::string opset;
  wire::append_bytes_field(opset, 1, "");
  wire::append_varint_field(opset, 2, 15);
  std::string model;
  wire::append_varint_field(model, 1, 8);
  wire::append_bytes_field(model, 7, graph);
  wire::append_bytes_field(model, 8, opset);
  return model;
}

}  // namespace soundbite
