#include "onnx/vits.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace soundbite {

namespace {

constexpr std::int64_t max_hop = 8192;
constexpr double max_margin = 64;  // frames; wider and chunks cost more than they save

// How far a tensor of the decoder is from the latent frames.
struct Reach {
  std::int64_t rate = 1;  // values per frame
  double radius = 0;      // frames to each side that a value depends on
};

using Reaches = std::unordered_map<std::string_view, Reach>;

bool is_pointwise(std::string_view op) {
  static constexpr std::array<std::string_view, 16> ops = {
      "Add", "Sub",      "Mul",  "Div",  "LeakyRelu", "Relu",      "Tanh",    "Sigmoid",
      "Neg", "Identity", "Cast", "Clip", "Sin",       "Unsqueeze", "Squeeze", "Pow"};
  return std::ranges::find(ops, op) != ops.end();
}

std::int64_t pads_sum(const ModelNode& node) {
  const auto pads = node.ints.find("pads");
  if (pads == node.ints.end()) return 0;
  std::int64_t sum = 0;
  for (const auto pad : pads->second) sum += std::clamp<std::int64_t>(pad, -max_hop, max_hop);
  return sum;
}

const ModelTensor* weight_of(const Model& model, const ModelNode& node) {
  if (node.inputs.size() < 2) return nullptr;
  const auto weight = model.initializers.find(node.inputs[1]);
  return weight != model.initializers.end() && weight->second.dims.size() == 3 ? &weight->second : nullptr;
}

// A convolution that keeps the length ("same" padding, stride 1).
std::optional<Reach> through_conv(const ModelNode& node, std::int64_t kernel, Reach in) {
  const std::int64_t spread = (kernel - 1) * node.number("dilations", 1);
  if (node.number("strides", 1) != 1 || pads_sum(node) != spread) return std::nullopt;
  const auto pads = node.ints.find("pads");
  const std::int64_t left = pads == node.ints.end() ? 0 : pads->second.front();
  in.radius += static_cast<double>(std::max(left, spread - left)) / static_cast<double>(in.rate);
  return in;
}

// A transposed convolution that makes exactly `stride` times the length.
std::optional<Reach> through_upsampling(const ModelNode& node, std::int64_t kernel, Reach in) {
  const std::int64_t stride = node.number("strides", 1);
  if (stride < 1 || stride > max_hop || in.rate * stride > max_hop || node.number("dilations", 1) != 1)
    return std::nullopt;
  if (kernel - stride + node.number("output_padding", 0) != pads_sum(node)) return std::nullopt;
  const auto pads = node.ints.find("pads");
  const std::int64_t left = pads == node.ints.end() ? 0 : pads->second.front();
  in.radius += static_cast<double>(std::max(left, kernel - 1 - left)) / static_cast<double>(stride * in.rate);
  in.rate *= stride;
  return in;
}

// Nullopt when the node cannot be bounded.
std::optional<Reach> through(const Model& model, const ModelNode& node, const Reaches& reaches) {
  std::optional<Reach> in;
  for (const auto input : node.inputs) {
    const auto found = reaches.find(input);
    if (found == reaches.end()) continue;  // a constant, or the speaker: the same for every frame
    if (in && in->rate != found->second.rate) return std::nullopt;
    in = in ? Reach{in->rate, std::max(in->radius, found->second.radius)} : found->second;
  }
  if (is_pointwise(node.op)) return in;
  const auto* weight = weight_of(model, node);
  if (!weight || weight->dims[2] < 1 || weight->dims[2] > max_hop) return std::nullopt;
  const std::int64_t dilation = node.number("dilations", 1);
  if (dilation < 1 || dilation > max_hop) return std::nullopt;
  if (node.op == "Conv") return through_conv(node, weight->dims[2], *in);
  if (node.op == "ConvTranspose") return through_upsampling(node, weight->dims[2], *in);
  return std::nullopt;
}

// The latent frames: what the decoder's first convolution reads.
const ModelNode* first_decoder_node(const Model& model) {
  const auto reads_frames = [](const ModelNode& node) {
    return node.op == "Conv" && node.inputs.size() > 1 && node.inputs[1] == "dec.conv_pre.weight";
  };
  const auto found = std::ranges::find_if(model.nodes, reads_frames);
  return found == model.nodes.end() ? nullptr : &*found;
}

std::int64_t count_symbols(const Model& model) {
  for (const auto& node : model.nodes) {
    if (node.op != "Gather" || node.inputs.size() != 2 || node.inputs[1] != "input") continue;
    const auto table = model.initializers.find(node.inputs[0]);
    if (table != model.initializers.end() && !table->second.dims.empty()) return table->second.dims[0];
  }
  return 0;
}

Result<void> check_is_vits(const Model& model) {
  for (const std::string_view name : {"input", "input_lengths", "scales"})
    if (!model.inputs.contains(name))
      return fail(ErrorCode::invalid, "not a Piper voice: the model has no input \"" + std::string(name) + "\"");
  for (const auto& [name, value] : model.inputs)
    if (name != "input" && name != "input_lengths" && name != "scales" && name != "sid")
      return fail(ErrorCode::invalid,
                  "not a Piper voice: the model wants an input \"" + std::string(name.substr(0, 100)) + "\"");
  if (model.output_names.size() != 1) return fail(ErrorCode::invalid, "not a Piper voice: it has several outputs");
  return {};
}

// Fills the two parts when the graph has the cut; leaves them empty when it has not.
Result<void> cut_in_two(const Model& model, VitsParts& parts) {
  const ModelNode* first = first_decoder_node(model);
  if (!first || !model.producer_of.contains(first->inputs[0])) return {};
  const std::string_view cut = first->inputs[0];
  const auto shape = measure_decoder(model, cut);
  if (!shape) return {};
  auto decoder = extract_part(model, std::array{cut}, model.output_names[0]);
  if (!decoder) return std::unexpected(std::move(decoder.error()));
  // A decoder that also needs the phonemes would run the front again, with other noise.
  const auto allowed = [&](std::string_view name) { return name == cut || name == "sid"; };
  if (!std::ranges::all_of(decoder->inputs, allowed)) return {};
  auto front = extract_part(model, {}, cut);
  if (!front) return std::unexpected(std::move(front.error()));
  if (front->inputs.size() != model.inputs.size()) return {};  // it would refuse the input that it does not read
  parts.cut = cut;
  parts.shape = *shape;
  parts.decoder_takes_speaker = std::ranges::find(decoder->inputs, "sid") != decoder->inputs.end();
  parts.front = std::move(front->bytes);
  parts.decoder = std::move(decoder->bytes);
  return {};
}

}  // namespace

std::optional<DecoderShape> measure_decoder(const Model& model, std::string_view cut) {
  Reaches reaches{{cut, Reach{}}};
  for (const auto& node : model.nodes) {
    const auto follows = [&](std::string_view input) { return reaches.contains(input); };
    if (std::ranges::none_of(node.inputs, follows)) continue;
    const auto reach = through(model, node, reaches);
    if (!reach || reach->radius > max_margin || node.outputs.empty()) return std::nullopt;
    reaches[node.outputs[0]] = *reach;
  }
  const auto end = reaches.find(model.output_names[0]);
  const auto* first = first_decoder_node(model);
  const auto* weight = first ? weight_of(model, *first) : nullptr;
  if (end == reaches.end() || !weight || weight->dims[1] < 1 || weight->dims[1] > max_hop) return std::nullopt;
  return DecoderShape{.channels = weight->dims[1],
                      .hop = end->second.rate,
                      .margin = static_cast<std::int64_t>(std::ceil(end->second.radius))};
}

Result<VitsParts> split_vits(std::string_view bytes) {
  auto model = parse_model(bytes);
  if (!model) return std::unexpected(std::move(model.error()));
  if (auto vits = check_is_vits(*model); !vits) return std::unexpected(std::move(vits.error()));
  VitsParts parts;
  parts.symbols = count_symbols(*model);
  parts.takes_speaker = model->inputs.contains("sid");
  if (auto cut = cut_in_two(*model, parts); !cut) return std::unexpected(std::move(cut.error()));
  if (!parts.front.empty()) return parts;
  auto whole = without_shapes(*model);
  if (!whole) return std::unexpected(std::move(whole.error()));
  parts.whole = std::move(*whole);
  return parts;
}

}  // namespace soundbite
