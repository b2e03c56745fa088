#include "speech/vits/decoder_graph.h"

#include <algorithm>
#include <array>

namespace soundbite::vits {

namespace {

constexpr std::int64_t max_channels = 2048;
constexpr std::int64_t max_dilation = 64;
constexpr std::int64_t max_stride = 64;
constexpr std::size_t max_blocks = 8;
constexpr std::size_t max_stages = 8;

// Walks from the output back to the latent frames: every tensor has one producer. Each step says what it expects and
// gives nothing when it finds anything else.
class Reader {
 public:
  Reader(const Model& model, std::string_view cut) : model_(model), cut_(cut) {}

  std::optional<DecoderGraph> read() const {
    DecoderGraph graph;
    std::string_view at = model_.output_names.front();
    if (const auto* unsqueeze = producer(at, "Unsqueeze")) at = unsqueeze->inputs[0];
    const auto* tanh = producer(at, "Tanh");
    if (!tanh) return std::nullopt;
    const auto* last = producer(tanh->inputs[0], "Conv");
    if (!last || !read_last(*last, graph.last)) return std::nullopt;
    at = last->inputs[0];
    if (!skip_leaky_relu(at, graph.last.slope)) return std::nullopt;
    while (const auto* mean = producer(at, "Div")) {
      auto stage = read_stage(*mean, at);
      if (!stage || graph.stages.size() == max_stages) return std::nullopt;
      graph.stages.insert(graph.stages.begin(), std::move(*stage));
    }
    const auto* first = producer(at, "Conv");
    if (!first || first->inputs[0] != cut_ || !read_convolution(*first, graph.first)) return std::nullopt;
    if (!fits_together(graph)) return std::nullopt;
    return graph;
  }

 private:
  static bool fits_together(const DecoderGraph& graph) {
    int channels = graph.first.channels_out;
    for (const auto& stage : graph.stages) {
      if (stage.upsampling.channels_in != channels) return false;
      channels = stage.channels;
    }
    return !graph.stages.empty() && graph.last.channels == channels;
  }

  const ModelNode* producer(std::string_view tensor, std::string_view op) const {
    const auto found = model_.producer_of.find(tensor);
    if (tensor == cut_ || found == model_.producer_of.end()) return nullptr;
    const ModelNode& node = model_.nodes[found->second];
    const std::size_t inputs = op == "Add" || op == "Div" || op == "Conv" || op == "ConvTranspose" ? 2 : 1;
    return node.op == op && node.inputs.size() >= inputs && node.outputs.size() == 1 ? &node : nullptr;
  }

  // From what a LeakyReLU makes to what it reads.
  bool skip_leaky_relu(std::string_view& at, float& slope) const {
    const auto* node = producer(at, "LeakyRelu");
    if (!node) return false;
    const auto alpha = node->floats.find("alpha");
    slope = alpha == node->floats.end() ? 0.01f : alpha->second;
    at = node->inputs[0];
    return slope >= 0 && slope <= 1;
  }

  std::optional<std::vector<float>> floats(std::string_view name, std::vector<std::int64_t> dims) const {
    const auto found = model_.initializers.find(name);
    if (found == model_.initializers.end() || found->second.dims != dims) return std::nullopt;
    auto values = found->second.values();
    if (!values) return std::nullopt;
    return std::move(*values);
  }

  // The shape of a convolution's weights, when it is a plain one.
  std::optional<std::array<std::int64_t, 3>> weight_shape(const ModelNode& node) const {
    const auto found = model_.initializers.find(node.inputs[1]);
    if (found == model_.initializers.end() || found->second.dims.size() != 3) return std::nullopt;
    const auto& dims = found->second.dims;
    const auto fits = [](std::int64_t dim) { return dim >= 1 && dim <= max_channels; };
    if (!std::ranges::all_of(dims, fits) || node.number("group", 1) != 1) return std::nullopt;
    return std::array{dims[0], dims[1], dims[2]};
  }

  static bool has_pads(const ModelNode& node, std::int64_t pad) {
    const auto pads = node.ints.find("pads");
    return pads == node.ints.end() ? pad == 0 : pads->second == std::vector{pad, pad};
  }

  // Stride 1, output as long as the input.
  static bool keeps_length(const ModelNode& node, std::int64_t taps) {
    const std::int64_t dilation = node.number("dilations", 1);
    return taps % 2 == 1 && dilation >= 1 && dilation <= max_dilation && node.number("strides", 1) == 1 &&
           has_pads(node, (taps - 1) / 2 * dilation);
  }

  bool read_bias(const ModelNode& node, std::int64_t channels, std::vector<float>& bias) const {
    bias.assign(static_cast<std::size_t>(channels), 0.0f);
    if (node.inputs.size() < 3 || node.inputs[2].empty()) return true;
    auto values = floats(node.inputs[2], {channels});
    if (values) bias = std::move(*values);
    return values.has_value();
  }

  // Without what may stand before it.
  bool read_convolution(const ModelNode& node, ConvolutionWeights& out) const {
    const auto shape = weight_shape(node);
    if (!shape || !keeps_length(node, (*shape)[2])) return false;
    const auto [channels_out, channels_in, taps] = *shape;
    const auto values = floats(node.inputs[1], {channels_out, channels_in, taps});
    if (!values || !read_bias(node, channels_out, out.bias)) return false;
    out.taps = static_cast<int>(taps);
    out.channels_in = static_cast<int>(channels_in);
    out.channels_out = static_cast<int>(channels_out);
    out.dilation = static_cast<int>(node.number("dilations", 1));
    out.values.resize(values->size());
    const auto o_stride = static_cast<std::size_t>(channels_in * taps);
    const auto rows = static_cast<std::size_t>(channels_in);
    const auto columns = static_cast<std::size_t>(channels_out);
    const auto kernel = static_cast<std::size_t>(taps);
    for (std::size_t c = 0; c < rows; ++c)
      for (std::size_t k = 0; k < kernel; ++k)
        for (std::size_t o = 0; o < columns; ++o)
          out.values[(k * rows + c) * columns + o] = (*values)[o * o_stride + c * kernel + k];
    return true;
  }

  // Output s·q + u − s/2 is weight u on row q and weight u + s on row q − 1.
  bool read_upsampling(const ModelNode& node, Stage& stage) const {
    const auto shape = weight_shape(node);
    const std::int64_t stride = node.number("strides", 1);
    if (!shape || stride < 2 || stride > max_stride || stride % 2 != 0 || (*shape)[2] != 2 * stride) return false;
    if (!has_pads(node, stride / 2) || node.number("dilations", 1) != 1 || node.number("output_padding", 0) != 0)
      return false;
    const auto [channels_in, channels, taps] = *shape;
    const auto values = floats(node.inputs[1], {channels_in, channels, taps});
    std::vector<float> bias;
    if (!values || !read_bias(node, channels, bias)) return false;
    stage.stride = static_cast<int>(stride);
    stage.channels = static_cast<int>(channels);
    auto& out = stage.upsampling;
    out.taps = 2;
    out.channels_in = static_cast<int>(channels_in);
    out.channels_out = static_cast<int>(stride * channels);
    out.values.resize(values->size());
    const auto rows = static_cast<std::size_t>(channels_in);
    const auto columns = static_cast<std::size_t>(channels);
    const auto phases = static_cast<std::size_t>(stride);
    for (std::size_t c = 0; c < rows; ++c)
      for (std::size_t o = 0; o < columns; ++o)
        for (std::size_t u = 0; u < 2 * phases; ++u) {
          const std::size_t tap = u < phases ? 1 : 0;
          out.values[((tap * rows + c) * phases + u % phases) * columns + o] =
              (*values)[(c * columns + o) * 2 * phases + u];
        }
    for (std::size_t u = 0; u < phases; ++u) out.bias.insert(out.bias.end(), bias.begin(), bias.end());
    return true;
  }

  bool read_last(const ModelNode& node, LastConvolution& out) const {
    ConvolutionWeights plain;
    if (!read_convolution(node, plain) || plain.channels_out != 1 || plain.dilation != 1) return false;
    out.taps = plain.taps;
    out.channels = plain.channels_in;
    out.values = std::move(plain.values);
    out.bias = plain.bias.front();
    return true;
  }

  // convolution(leaky_relu(x)) + x: gives back x, empty when it is no such sum.
  std::string_view read_residual(std::string_view sum, ConvolutionWeights& out) const {
    const auto* add = producer(sum, "Add");
    if (!add) return {};
    for (const std::size_t side : {0, 1}) {
      const auto* conv = producer(add->inputs[side], "Conv");
      if (!conv) continue;
      std::string_view at = conv->inputs[0];
      const auto skipped = add->inputs[1 - side];
      if (!skip_leaky_relu(at, out.slope) || at != skipped || !read_convolution(*conv, out)) return {};
      return skipped;
    }
    return {};
  }

  // The terms of a sum of residual blocks, in the order in which the graph adds them.
  bool read_blocks(std::string_view sum, std::size_t depth, Stage& stage, std::string_view& input) const {
    const auto* add = producer(sum, "Add");
    if (!add || depth > max_blocks || stage.blocks.size() == max_blocks) return false;
    if (!producer(add->inputs[0], "Conv") && !producer(add->inputs[1], "Conv"))
      return read_blocks(add->inputs[0], depth + 1, stage, input) &&
             read_blocks(add->inputs[1], depth + 1, stage, input);
    ResidualBlock one;
    const auto middle = read_residual(sum, one.second);
    const auto begin = middle.empty() ? middle : read_residual(middle, one.first);
    if (begin.empty() || (!input.empty() && begin != input)) return false;
    input = begin;
    stage.blocks.push_back(std::move(one));
    return true;
  }

  // One stage back from the mean that ends it; `at` moves to what it reads.
  std::optional<Stage> read_stage(const ModelNode& mean, std::string_view& at) const {
    Stage stage;
    const auto divisor = floats(mean.inputs[1], {});
    if (!divisor || divisor->front() == 0) return std::nullopt;
    stage.divisor = divisor->front();
    std::string_view input;
    if (!read_blocks(mean.inputs[0], 0, stage, input)) return std::nullopt;
    const auto* upsampling = producer(input, "ConvTranspose");
    if (!upsampling || !read_upsampling(*upsampling, stage)) return std::nullopt;
    const auto fits = [&](const ConvolutionWeights& one) {
      return one.channels_in == stage.channels && one.channels_out == stage.channels;
    };
    for (const auto& block : stage.blocks)
      if (!fits(block.first) || !fits(block.second)) return std::nullopt;
    at = upsampling->inputs[0];
    if (!skip_leaky_relu(at, stage.upsampling.slope)) return std::nullopt;
    return stage;
  }

  const Model& model_;
  const std::string_view cut_;
};

}  // namespace

std::optional<DecoderGraph> read_decoder_graph(const Model& decoder, std::string_view cut) {
  if (decoder.output_names.size() != 1) return std::nullopt;
  return Reader(decoder, cut).read();
}

}  // namespace soundbite::vits
